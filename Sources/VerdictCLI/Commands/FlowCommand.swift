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
      AnswerFlow.self, SignFlow.self, AbortFlow.self, ExplainFlow.self, MigrateFlow.self, ReplayFlow.self,
      ExportFlow.self, MatrixFlow.self,
    ])

  struct CheckFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Structure and soundness, with witnesses; exits with 1 if the model is not sound.",
      discussion: """
        EXAMPLES
          verdict flow check model.flow --suggest
          verdict flow check model.flow --format json
          verdict flow check oauth                 a built-in model
          verdict flow check notes.txt             the model inside a text
        """)

    @Argument(help: "A .flow file, a text that holds a model, a built-in model's name, or '-'.")
    var model: String

    @Flag(help: "Also list every single-edge repair that makes the model sound.")
    var suggest = false

    @Option(
      help: ArgumentHelp("table for people, json with every place in bytes and lines.", valueName: "format"))
    var format = Form.table

    enum Form: String, ExpressibleByArgument, CaseIterable { case table, json }

    func run() throws {
      let source = try ModelSource(model)
      let check = TextCheck(
        source.bytes, file: source.name, isModel: source.isModelFile, suggestingRepairs: suggest || format == .table)
      if format == .json { try Terminal.print(check.json.text(pretty: true), terminator: "") } else { try show(check) }
      if check.diagnostics.hasErrors || check.models.isEmpty { throw ExitCode(Exit.badInput.rawValue) }
      if !check.isSound { throw AnswerIsNo() }
    }

    private func show(_ check: TextCheck) throws {
      if check.diagnostics.hasErrors { throw InputFaults(check.diagnostics.filter { $0.severity == .error }) }
      for diagnostic in check.diagnostics { Terminal.notice(diagnostic.text) }
      guard !check.models.isEmpty else {
        throw UsageFault(sentence: "\(check.file) holds no model: no lane begins with 'Name {'.")
      }
      for placed in check.models { try Terminal.print(placed.report.text, terminator: "") }
    }
  }

  struct FormatFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "format", abstract: "Lay a model out; comments, prose and meaning stay.",
      discussion: """
        EXAMPLES
          verdict flow format model.flow -o model.flow
          verdict flow format model.flow --fix -o model.flow
        """)

    @Argument(help: "A .flow file, a built-in model's name, or '-'.")
    var model: String

    @Flag(help: "Without our extensions, for other programs that read the notation.")
    var plain = false

    @Flag(help: "Mend first what 'flow check' knows a fix for.")
    var fix = false

    @Option(
      name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Write to this file.", valueName: "file"))
    var output: String?

    func run() throws {
      let source = try ModelSource(model)
      let fixed = fix ? Notation.fixed(source.bytes, isModel: source.isModelFile) : (bytes: source.bytes, fixes: 0)
      if fix { Terminal.notice("\(fixed.fixes) \(fixed.fixes == 1 ? "fix" : "fixes")") }
      let formatted = Notation.format(fixed.bytes, as: plain ? .plain : .full)
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
  var isModelFile: Bool { name.hasSuffix(".flow") || BuiltInModels.names.contains(name) }

  /// The models of the source, and what is wrong with its text.
  func models() -> ([Model], [Diagnostic]) {
    if isModelFile {
      let parsed = Notation.parse(bytes, file: name)
      return (parsed.model.map { [$0] } ?? [], parsed.diagnostics)
    }
    let extracted = Notation.extract(bytes, file: name)
    return (extracted.models, extracted.diagnostics)
  }
}
