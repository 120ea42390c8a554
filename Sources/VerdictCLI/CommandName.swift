import ArgumentParser
import Basics

/// The words that name a command; a misspelt one would otherwise be called an unexpected argument.
enum CommandName {
  /// - Throws: `UsageFault` if a word stands where only commands may and is none.
  static func check(_ words: [String]) throws {
    var command: any ParsableCommand.Type = VerdictCommand.self
    for word in words {
      let known = command.configuration.subcommands
      guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let next = known.first(where: { $0.configuration.commandName == word }) else {
        throw unknown(word, in: command, known.compactMap { $0.configuration.commandName })
      }
      command = next
    }
  }

  private static func unknown(
    _ word: String, in command: any ParsableCommand.Type, _ known: [String]
  ) -> UsageFault {
    let path = command == VerdictCommand.self ? "verdict" : "verdict \(command.configuration.commandName ?? "")"
    let hint = nearestName(to: word, among: known).map { "Did you mean '\($0)'?" } ?? "See '\(path) --help'."
    return UsageFault(sentence: "'\(path)' has no command '\(word)'. \(hint)")
  }
}
