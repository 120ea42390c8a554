import ArgumentParser
import Basics
import Foundation
import LinearAlgebra

/// The entry: parses, runs, and turns what happened into one of the four exit codes.
@main
enum Main {
  static func main() {
    signal(SIGPIPE, SIG_DFL)
    do {
      var command = try VerdictCommand.parseAsRoot()
      try command.run()
    } catch {
      Exit.leave(after: error)
    }
  }
}
