import ArgumentParser
import Basics
import Foundation
import Workflow

struct FlowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow", abstract: "Workflow models in lane notation.",
    discussion: "EXAMPLE\n  verdict flow check ab-test",
    subcommands: [
      CheckFlow.self, DiffFlow.self, DrawFlow.self, FormatFlow.self, ListFlows.self, PrintFlow.self, SimulateFlow.self,
      MeasureFlow.self, FitFlow.self, ExperimentFlow.self, PowerFlow.self, RunFlow.self, ResumeFlow.self,
      AnswerFlow.self, AbortFlow.self, ExplainFlow.self, MigrateFlow.self, ReplayFlow.self, MatrixFlow.self,
    ])

  struct CheckFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Structure and soundness, with witnesses; exits with 1 if the model is not sound.",
      discussion: """
        EXAMPLES
          verdict flow check model.flow --suggest
          verdict flow check oauth                 a built-in model
          verdict flow check notes.txt             the model inside a text
        """)

    @Argument(help: "A .flow file, a text that holds a model, a built-in model's name, or '-'.")
    var model: String

    @Flag(help: "Also list every single-edge repair that makes the model sound.")
    var suggest = false

    @Flag(help: "JSON instead of text.")
    var json = false

    func run() throws {
      let source = try ModelSource(model)
      let (models, diagnostics) = source.models()
      if json, diagnostics.hasErrors {
        try Terminal.print(diagnostics.json.text(pretty: true), terminator: "")
        throw ExitCode(Exit.badInput.rawValue)
      }
      if diagnostics.hasErrors { throw InputFaults(diagnostics.filter { $0.severity == .error }) }
      for diagnostic in diagnostics { Terminal.notice(diagnostic.text) }
      guard !models.isEmpty else {
        throw UsageFault(sentence: "\(source.name) holds no model: no lane begins with 'Name {'.")
      }
      var isSound = true
      for model in models {
        let report = model.check(suggestingRepairs: suggest || !json)
        try Terminal.print(json ? report.json.text(pretty: true) : report.text, terminator: "")
        isSound = isSound && report.sound && !report.hasErrors
      }
      if !isSound { throw AnswerIsNo() }
    }
  }

  struct FormatFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "format", abstract: "Lay a model out; comments, prose and meaning stay.",
      discussion: "EXAMPLE\n  verdict flow format model.flow -o model.flow")

    @Argument(help: "A .flow file, a built-in model's name, or '-'.")
    var model: String

    @Flag(help: "Without our extensions, for other programs that read the notation.")
    var plain = false

    @Option(
      name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Write to this file.", valueName: "file"))
    var output: String?

    func run() throws {
      let formatted = Notation.format(try ModelSource(model).bytes, as: plain ? .plain : .full)
      if let output, output != "-" {
        try AtomicFile.write(formatted, to: output)
      } else {
        try Terminal.print(bytes: formatted)
      }
    }
  }

  struct ListFlows: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "The built-in models.", discussion: "EXAMPLE\n  verdict flow list")
    func run() throws { for name in BuiltInModels.names { try Terminal.print(name) } }
  }

  struct PrintFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "print", abstract: "A built-in model's text, to read or to make your own.",
      discussion: """
        EXAMPLE
          verdict flow print ab-test > my.flow   then 'model: my.flow' in the spec
        """)

    @Argument(help: "The model's name; 'verdict flow list' names them.")
    var name: String

    func run() throws {
      guard let text = BuiltInModels.text(named: name) else {
        let nearest = nearestName(to: name, among: BuiltInModels.names).map { " Did you mean '\($0)'?" } ?? ""
        throw UsageFault(sentence: "no built-in model '\(name)'.\(nearest)")
      }
      try Terminal.print(text, terminator: "")
    }
  }
}

/// A model as the user names it: a file, standard input, or a built-in model.
struct ModelSource {
  let name: String
  let bytes: [UInt8]

  init(_ argument: String) throws {
    name = argument
    if argument == "-" {
      bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    } else if let data = FileManager.default.contents(atPath: argument) {
      bytes = [UInt8](data)
    } else if let text = BuiltInModels.text(named: argument) {
      bytes = Array(text.utf8)
    } else {
      let nearest =
        nearestName(to: argument, among: BuiltInModels.names).map { " Did you mean the built-in '\($0)'?" } ?? ""
      throw UsageFault(sentence: "no file and no built-in model '\(argument)'.\(nearest)")
    }
  }

  /// `.flow` files and built-in models are models; anything else is a text that may hold some.
  func models() -> ([Model], [Diagnostic]) {
    if name.hasSuffix(".flow") || BuiltInModels.names.contains(name) {
      let parsed = Notation.parse(bytes, file: name)
      return (parsed.model.map { [$0] } ?? [], parsed.diagnostics)
    }
    let extracted = Notation.extract(bytes, file: name)
    return (extracted.models, extracted.diagnostics)
  }
}
