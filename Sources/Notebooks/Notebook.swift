import Basics

/// A Markdown guide whose `sh` blocks are commands and whose `text` block right behind one is that command's output.
///
/// ````
/// ```sh
/// verdict analyze units.csv --metric 'revenue=mean(revenue)'
/// ```
/// ```text
/// …
/// ```
/// ````
/// A command is expected to exit with 0; `sh exit=1` says otherwise. Everything else in the document is prose, kept byte
/// for byte.
package struct Notebook: Sendable {
  package let file: String
  /// The document in order; joined, they are the text again.
  package var pieces: [Piece]

  package enum Piece: Sendable, Equatable {
    case prose(String)
    case command(Command)
  }

  package struct Command: Sendable, Equatable {
    /// Line of the opening fence, 1-based.
    package var line: Int
    /// The info string behind the opening fence.
    package var info: String
    package var script: String
    package var expectedExit: Int32
    /// What the document says it prints; nil if it says nothing.
    package var expectedOutput: String?
    /// Lines between the two blocks, kept as they are.
    package var between: String
  }

  /// - Throws: `NotebookFault` for a fence that is not closed, or an exit code that is not a number.
  package init(text: String, file: String) throws(NotebookFault) {
    self.file = file
    var reader = Reader(
      lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), file: file)
    pieces = try reader.pieces()
  }

  package var commands: [Command] {
    pieces.compactMap { if case .command(let command) = $0 { command } else { nil } }
  }

  /// The document as text, each command with its output block.
  package var text: String {
    pieces.map { piece in
      switch piece {
      case .prose(let text): return text
      case .command(let command):
        let script = "```\(command.info)\n\(command.script)```\n"
        guard let output = command.expectedOutput else { return script }
        return script + command.between + "```text\n\(output)```\n"
      }
    }.joined()
  }
}

private struct Reader {
  let lines: [String]
  let file: String
  var index = 0

  mutating func pieces() throws(NotebookFault) -> [Notebook.Piece] {
    var pieces: [Notebook.Piece] = []
    var prose = ""
    while index < lines.count {
      guard lines[index].hasPrefix("```") else {
        prose += line(at: index)
        index += 1
        continue
      }
      let start = index
      let info = String(lines[index].dropFirst(3))
      let body = try block()
      guard info.split(separator: " ").first == "sh" else {
        prose += lines[start..<index].map { $0 + "\n" }.joined()
        continue
      }
      if !prose.isEmpty { pieces.append(.prose(prose)) }
      prose = ""
      pieces.append(.command(try command(line: start + 1, info: info, script: body)))
    }
    if !prose.isEmpty { pieces.append(.prose(prose)) }
    return pieces
  }

  /// The last line of a text that ends with a newline is empty and stands for no line.
  private func line(at index: Int) -> String { index == lines.count - 1 ? lines[index] : lines[index] + "\n" }

  private mutating func command(line: Int, info: String, script: String) throws(NotebookFault) -> Notebook.Command {
    var exit: Int32 = 0
    for word in info.split(separator: " ").dropFirst() where word.hasPrefix("exit=") {
      guard let code = Int32(word.dropFirst(5)) else { throw fault(.badExitCode(String(word.dropFirst(5))), line) }
      exit = code
    }
    var command = Notebook.Command(
      line: line, info: info, script: script, expectedExit: exit, expectedOutput: nil, between: "")
    var next = index
    while next < lines.count, lines[next].allSatisfy(\.isWhitespace) { next += 1 }
    if next < lines.count, lines[next] == "```text" {
      command.between = lines[index..<next].map { $0 + "\n" }.joined()
      index = next
      command.expectedOutput = try block()
    }
    return command
  }

  /// The lines between an opening fence at `index` and its closing fence; leaves `index` behind the closing fence.
  private mutating func block() throws(NotebookFault) -> String {
    let start = index
    index += 1
    var body = ""
    while index < lines.count {
      if lines[index] == "```" {
        index += 1
        return body
      }
      body += lines[index] + "\n"
      index += 1
    }
    throw fault(.unclosedFence, start + 1)
  }

  private func fault(_ kind: NotebookFault.Kind, _ line: Int) -> NotebookFault {
    NotebookFault(kind: kind, position: SourcePosition(file: file, line: line, column: 1))
  }
}
