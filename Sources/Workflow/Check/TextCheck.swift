import Basics

/// A text checked as a whole: how it is written, and what its models say; everything with its place in bytes and lines.
public struct TextCheck: Sendable {
  public struct PlacedModel: Sendable {
    public let model: Model
    public let report: ModelReport
    let sources: ModelSources
  }

  public let file: String
  public let diagnostics: [Diagnostic]
  /// Empty if the text has errors: what is missing would only be reported twice.
  public let models: [PlacedModel]
  private let source: SourceText

  /// Whether the text can be read, holds a model, and all its models are sound and without errors.
  public var isSound: Bool {
    !diagnostics.hasErrors && !models.isEmpty && models.allSatisfy { $0.report.sound && !$0.report.hasErrors }
  }

  /// - Parameters:
  ///   - isModel: a model file, in which prose is warned of; else a text that may hold models.
  ///   - suggestingRepairs: see `Model.check`.
  public init(_ bytes: [UInt8], file: String, isModel: Bool, suggestingRepairs: Bool = false) {
    let document = Document(SourceText(bytes, file: file), mode: isModel ? .model : .document)
    let builder = ModelBuilder(document)
    self.file = file
    source = builder.document.source
    diagnostics = builder.document.diagnostics
    models =
      diagnostics.hasErrors
      ? []
      : builder.models.map { found in
        PlacedModel(
          model: found.model, report: found.model.check(suggestingRepairs: suggestingRepairs), sources: found.sources)
      }
  }
}

// MARK: - JSON

extension TextCheck {
  /// One document, whatever was found: `diagnostics` of the text, and of each model its findings and repairs, each with `start` and
  /// `end` as line, column and byte.
  public var json: JSONValue {
    [
      "schema": "verdict.flow-check/1", "file": .string(file), "sound": .bool(isSound),
      "diagnostics": .array(diagnostics.map(\.json)), "models": .array(models.map(json)),
    ]
  }

  private func json(_ placed: PlacedModel) -> JSONValue {
    let report = placed.report
    let places = Dictionary(
      zip(placed.model.nodes.map(\.id), placed.sources.nodes), uniquingKeysWith: { first, _ in first })
    var object = JSONObject([
      ("id", placed.model.id.map(JSONValue.string) ?? .null), ("sound", .bool(report.sound)),
      ("size", report.size.json),
    ])
    object["findings"] = .array(
      report.findings.map { finding in
        var object = JSONObject([
          ("code", .string(finding.code.rawValue)), ("severity", .string(finding.severity.rawValue)),
          ("message", .string(finding.sentence)),
        ])
        if let range = finding.nodes.lazy.compactMap({ places[$0] }).first { place(range, in: &object) }
        object["nodes"] = .array(finding.nodes.map(JSONValue.string))
        object["witness"] = .array(finding.witness.map(JSONValue.string))
        return .object(object)
      })
    object["repairs"] = .array(
      report.repairs.map { repair in
        var object = JSONObject([
          ("source", .string(repair.edge.source.node)), ("target", .string(repair.edge.target.node)),
          ("newTarget", .string(repair.newTarget)), ("message", .string(repair.sentence)),
        ])
        if let edge = placed.model.edges.firstIndex(of: repair.edge) { place(placed.sources.edges[edge], in: &object) }
        return .object(object)
      })
    object["repairNote"] = report.repairNote.map(JSONValue.string) ?? .null
    return .object(object)
  }

  private func place(_ range: Range<Int>, in object: inout JSONObject) {
    object["start"] = source.position(at: range.lowerBound).json(byte: range.lowerBound)
    object["end"] = source.position(at: range.upperBound).json(byte: range.upperBound)
  }
}

extension ModelReport.Size {
  var json: JSONValue {
    [
      "lanes": .integer(lanes), "nodes": .integer(nodes), "edges": .integer(edges),
      "crossLaneEdges": .integer(crossLaneEdges), "diamonds": .integer(diamonds), "ends": .integer(ends),
    ]
  }
}

extension SourcePosition {
  /// Line and column from 1, the byte from 0.
  func json(byte: Int) -> JSONValue {
    ["line": .integer(line ?? 1), "column": .integer(column ?? 1), "byte": .integer(byte)]
  }
}
