import ArgumentParser
import Basics
import Foundation
import LinearAlgebra

/// The entry: parses, runs, and turns what happened into one of the four exit codes.
@main
enum Main {
  static func main() {
    signal(SIGPIPE, SIG_DFL)
    // Inputs are mapped: reading where somebody else has cut a file off is this signal, and nothing sound can follow.
    signal(SIGBUS) { _ in
      let sentence: StaticString = "verdict: an input became shorter while it was read. Run again when it is whole.\n"
      _ = write(STDERR_FILENO, sentence.utf8Start, sentence.utf8CodeUnitCount)
      _exit(2)
    }
    do {
      var command = try CommandName.parse(Array(CommandLine.arguments.dropFirst()))
      try command.run()
    } catch {
      Exit.leave(after: error)
    }
  }
}
