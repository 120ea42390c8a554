import ArgumentParser
import Basics
import Foundation
import Interchange
import Processes
import Workflow

struct ExportFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Hand a model or an event log over to another program, and say what its form cannot hold.",
    discussion: """
      EXAMPLES
        verdict flow export ab-test --bpmn -o ab-test.bpmn
        verdict flow export billing_dispute --asl -o dispute.asl.json
        verdict flow export billing_dispute log.csv --xes -o log.xes

      Events are named as the model's nodes are labelled, so that a log and the
      BPMN file of its model fit together. What is lost is said on standard error.
      """)

  @Argument(help: "A .flow file, a built-in model's name, or '-'.")
  var model: String

  @Argument(help: ArgumentHelp("Event logs, CSV or TSV, also .gz; for --xes and --ocel.", valueName: "log"))
  var logs: [String] = []

  /// Every form, one flag each.
  enum Form: String, EnumerableFlag {
    case bpmn, asl, mermaid, dot, prosimos, xes, ocel

    static func help(for form: Form) -> ArgumentHelp? {
      switch form {
      case .bpmn: "BPMN 2.0 with diagram coordinates and Zeebe's extensions."
      case .asl: "Amazon States Language."
      case .mermaid: "A Mermaid flowchart."
      case .dot: "Graphviz."
      case .prosimos: "A Prosimos scenario, to go with --bpmn."
      case .xes: "The log as XES."
      case .ocel: "The log as OCEL 2.0 JSON, cases and units as objects."
      }
    }
  }

  @Flag(help: "The form.")
  var form: Form

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  @OptionGroup(title: "Options of logs") var log: EventLogOptions
  @OptionGroup(title: "Options of tables") var table: TableInputOptions

  func validate() throws {
    let needsLog = form == .xes || form == .ocel
    if needsLog, logs.isEmpty {
      throw ValidationError("--\(form.rawValue) hands over a log; name it behind the model.")
    }
    if !needsLog, !logs.isEmpty {
      throw ValidationError("--\(form.rawValue) hands over the model alone; a log goes with --xes or --ocel.")
    }
  }

  func run() throws {
    let source = try ModelSource(model)
    let model = try source.onlyModel()
    if let format = LogFormat(rawValue: form.rawValue) {
      let export = try LogExport(
        model, logs: table.expanded(logs), plan: log.plan(model, table), options: table.options())
      try write { sink in try export.write(as: format, to: sink) }
      return
    }
    guard let format = ModelFormat(rawValue: form.rawValue) else { return }
    let export = try model.exported(as: format, folder: source.folder)
    try write { sink in try Array(export.text.utf8).withUnsafeBytes { try sink($0) } }
    for loss in export.losses { Terminal.notice("\(form.rawValue): \(loss)") }
  }

  /// To a file that appears whole or not at all, or to standard output.
  private func write(_ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
    guard let output, output != "-" else { return try body { try Terminal.print(bytes: [UInt8]($0)) } }
    let file = try AtomicFileWriter(output)
    try body { try file.append($0) }
    try file.commit()
    Terminal.notice("wrote \(output)")
  }
}
