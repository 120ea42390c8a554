import ArgumentParser
import Basics

/// The words that name a command; a misspelt one would otherwise be called an unexpected argument.
enum CommandName {
  /// The command that the words name, with its options.
  ///
  /// A command that is named in full is parsed by itself: to look at all commands takes nearly 2 of the 10 ms of a small analysis.
  /// What is wrong or asked with it, as help, is told by the root, which knows all names.
  ///
  /// - Throws: `UsageFault` if a word stands where only commands may and is none; what the parser throws.
  static func parse(_ words: [String]) throws -> any ParsableCommand {
    let (command, options) = try find(words)
    if command.configuration.subcommands.isEmpty, let parsed = try? command.parseAsRoot(options),
      type(of: parsed) == command
    {
      return parsed
    }
    return try VerdictCommand.parseAsRoot(words)
  }

  /// The innermost command that is named, and the words behind its name.
  private static func find(_ words: [String]) throws -> (any ParsableCommand.Type, [String]) {
    var command: any ParsableCommand.Type = VerdictCommand.self
    for (index, word) in words.enumerated() {
      let known = command.configuration.subcommands
      guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return (command, Array(words[index...])) }
      guard let next = known.first(where: { $0.configuration.commandName == word }) else {
        throw unknown(word, in: command, known.compactMap { $0.configuration.commandName })
      }
      command = next
    }
    return (command, [])
  }

  private static func unknown(
    _ word: String, in command: any ParsableCommand.Type, _ known: [String]
  ) -> UsageFault {
    let path = command == VerdictCommand.self ? "verdict" : "verdict \(command.configuration.commandName ?? "")"
    let hint = nearestName(to: word, among: known).map { "Did you mean '\($0)'?" } ?? "See '\(path) --help'."
    return UsageFault(sentence: "'\(path)' has no command '\(word)'. \(hint)")
  }
}
