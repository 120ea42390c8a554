import ArgumentParser
import Basics
import Foundation
import Workflow

struct AnswerFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer", abstract: "Answer the node at which a run waits for a person.",
    discussion: """
      EXAMPLES
        verdict flow answer runs/42 --node n7 --choice Yes --comment 'looked at it'
        verdict flow answer runs/42 --file answer.json --key release.key
      """)

  @Argument(help: "The run's folder.")
  var folder: String

  @Option(help: "The node that waits.")
  var node: String?

  @Option(help: "The label of the branch, or its leading word.")
  var choice: String?

  @Option(help: "Who answers.")
  var by: String?

  @Option(help: "Why.")
  var comment: String?

  @Option(help: ArgumentHelp("A signed answer; needs --key.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("The file of the key with which answers are signed.", valueName: "file"))
  var key: String?

  func validate() throws {
    guard (file == nil) != (node == nil) else {
      throw ValidationError("Name the node with --node, or a signed answer with --file.")
    }
    if file != nil, key == nil { throw ValidationError("--file needs --key: a signed answer is checked.") }
    if file != nil, choice != nil || by != nil || comment != nil {
      throw ValidationError("--choice, --by and --comment are part of the signed answer.")
    }
  }

  func run() throws {
    let run = try WorkflowRun.open(directory: folder)
    if let file, let key {
      let signed = try SignedAnswers(files: [file], key: key)
      guard let answer = signed.answers.first(where: { run.visit(ofWaiting: $0.node) != nil }) ?? signed.answers.first
      else { throw UsageFault(sentence: "\(file) holds no answer.") }
      try run.answer(answer, key: signed.key)
    } else if let node {
      try run.answer(node: node, Answer(choice: choice, by: by ?? Person.name, comment: comment))
    }
    Terminal.notice("go on with: verdict flow resume \(folder)")
  }
}

struct SignFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign an answer to a run's question, to be used elsewhere.",
    discussion: """
      EXAMPLE
        verdict flow sign 42 --node n7 --choice Yes --key release.key -o answer.json

      The answer is good for one visit of one node of one run, and is used with
      'verdict flow answer' or '--answers'. Whoever has the key can sign for any
      name: keep it as you would keep the right to decide. To make one:
      head -c 32 /dev/urandom > release.key
      """)

  @Argument(help: ArgumentHelp("The run's id: the name of its folder.", valueName: "run"))
  var id: String

  @Option(help: "The node that asks.")
  var node: String

  @Option(help: "Which visit of the node is answered, for loops.")
  var visit = 1

  @Option(help: "The label of the branch, or its leading word.")
  var choice: String?

  @Option(help: "Who answers.")
  var by: String?

  @Option(help: "Why.")
  var comment: String?

  @Option(help: ArgumentHelp("The file of the key, at least 16 bytes.", valueName: "file"))
  var key: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  func run() throws {
    let answer = Answer(choice: choice, by: by ?? Person.name, comment: comment)
    let signed = try SignedAnswer(run: id, node: node, visit: visit, answer, key: SignedAnswers.key(key))
    let text = signed.json.text(pretty: true)
    guard let output, output != "-" else { return try Terminal.print(text, terminator: "") }
    try AtomicFile.write(Array(text.utf8), to: output)
    Terminal.notice("wrote \(output)")
  }
}

/// Who sits at the terminal.
enum Person {
  static var name: String { ProcessInfo.processInfo.environment["USER"] ?? "unknown" }
}

/// Answers from files, and the key that they are checked with.
struct SignedAnswers {
  let answers: [SignedAnswer]
  let key: [UInt8]

  init(files: [String], key: String) throws {
    self.key = try Self.key(key)
    answers = try files.flatMap { file in
      guard let data = FileManager.default.contents(atPath: file) else {
        throw UsageFault(sentence: "no file '\(file)' of signed answers.")
      }
      return try SignedAnswer.all(parsing: [UInt8](data), file: file)
    }
  }

  /// The answer to what a run asks now.
  func answer(to run: WorkflowRun, at node: Node) -> SignedAnswer? {
    answers.first { $0.run == run.id && $0.node == node.id && $0.visit == run.visit(ofWaiting: node.id) }
  }

  /// The bytes of a key's file, without a line break at the end.
  static func key(_ file: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw UsageFault(sentence: "no file '\(file)' of a key.")
    }
    var key = [UInt8](data)
    while let last = key.last, last == 0x0A || last == 0x0D { key.removeLast() }
    return key
  }
}
