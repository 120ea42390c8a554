import Processes
import Tables
import Workflow

/// A form in which an event log goes to other programs.
public enum LogFormat: String, Sendable, CaseIterable {
  /// IEEE 1849 XES: PM4Py, ProM, Disco, bupaR.
  case xes
  /// OCEL 2.0 as JSON, with cases and units as objects.
  case ocel
}

/// A log, read with its model, in another form.
///
/// An event is named as the model's node is labelled, so that the log and the BPMN file of the model fit together; what the model
/// does not know keeps its name.
public struct LogExport {
  let log: EventLog
  /// By the index of the log's name.
  let activities: [String]

  /// - Throws: `TableFault` if the files cannot be read, `ProcessFault` for an unknown time zone.
  public init(_ model: Model, logs: [String], plan: MeasurePlan = MeasurePlan(), options: TableOptions = TableOptions())
    throws
  {
    self.init(model, try EventLogReader(plan, options: options).read(logs))
  }

  package init(_ model: Model, _ log: EventLog) {
    self.log = log
    var labels: [EventLog.Name: String] = [:]
    for node in model.nodes {
      labels[EventLog.Name(text: node.id, isNode: true)] = node.label
      if let event = ProcessNet.event(of: node) {
        labels[EventLog.Name(text: event, isNode: false), default: node.label] = node.label
      }
    }
    activities = log.names.map { name in labels[name] ?? name.text }
  }

  /// The unit of a case, nil where the log names none.
  func unit(ofCase number: Int) -> String? {
    guard let unit = log.unit.map({ Int($0[number]) }), unit < log.unitNames.count else { return nil }
    return log.unitNames.string(of: unit)
  }

  public var cases: Int { log.cases }
  public var events: Int { log.events.count }

  /// Where the bytes go.
  public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  /// Writes the log piece by piece, about a megabyte at a time.
  public func write(as format: LogFormat, to sink: Sink) throws {
    switch format {
    case .xes: try XESWriter(self).write(to: sink)
    case .ocel: try OCELWriter(self).write(to: sink)
    }
  }
}

/// Bytes on their way to a file.
struct ByteBuffer {
  private static let size = 1 << 20
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(Self.size + Self.size / 4) }

  mutating func append(_ text: String) { bytes += text.utf8 }
  mutating func append(_ part: [UInt8]) { bytes += part }

  /// Between elements, so that memory stays small.
  mutating func drain(to sink: LogExport.Sink) throws { if bytes.count >= Self.size { try flush(to: sink) } }

  mutating func flush(to sink: LogExport.Sink) throws {
    try bytes.withUnsafeBytes { try sink($0) }
    bytes.removeAll(keepingCapacity: true)
  }
}
