import Basics
import Interchange
import Processes
import Tables
import Testing
import Workflow

@Suite struct LogExportTests {
  private static let model = """
    L { # L
    n1: circle label:"Start"
    n2: rectangle label:"Look & <see>" [event=look]
    n3: circle label:"Done"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    }
    """

  private func export(_ csv: String, _ model: String = model) throws -> LogExport {
    let log = try EventLogReader(MeasurePlan()).read(
      TableSource(files: [TableFile(name: "log.csv", bytes: Array(csv.utf8))]))
    return LogExport(try #require(Notation.parse(model).model), log)
  }

  private func text(_ export: LogExport, _ format: LogFormat) throws -> String {
    var bytes: [UInt8] = []
    try export.write(as: format) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let csv = """
    case_id,event,timestamp,unit_id,variant,lifecycle
    c1,start,2026-01-05T09:00:00.250Z,u1,a,complete
    c1,look,2026-01-05T10:00:00Z,u1,a,start
    c2,start,1969-12-31T23:59:59.999Z,,b,complete
    c1,"un<known>",2026-01-06T00:00:00Z,u1,a,complete

    """

  @Test func xes() throws {
    let body = try text(try export(Self.csv), .xes)
    let xml = try #require(XMLElements(body))
    #expect(xml.named("trace").count == 2 && xml.named("event").count == 4)
    let names = xml.named("string").filter { $0.attributes["key"] == "concept:name" }.compactMap {
      $0.attributes["value"]
    }
    #expect(names == ["unknown", "unknown", "c1", "Start", "Look & <see>", "un<known>", "c2", "Start"])
    let times = xml.named("date").compactMap { $0.attributes["value"] }
    #expect(
      times.dropFirst() == [
        "2026-01-05T09:00:00.250+00:00", "2026-01-05T10:00:00.000+00:00", "2026-01-06T00:00:00.000+00:00",
        "1969-12-31T23:59:59.999+00:00",
      ])
    let units = xml.named("string").filter { $0.attributes["key"] == "unit_id" }.compactMap { $0.attributes["value"] }
    #expect(units == ["u1"])
    let steps = xml.named("string").filter { $0.attributes["key"] == "lifecycle:transition" }
    #expect(steps.compactMap { $0.attributes["value"] } == ["complete", "complete", "start", "complete", "complete"])
  }

  @Test func ocel() throws {
    let json = try JSONValue(parsing: try text(try export(Self.csv), .ocel))
    let objects = Set((json["objects"]?.array ?? []).compactMap { $0["id"]?.string })
    #expect(objects == ["case/c1", "case/c2", "unit/u1"])
    let types = Set((json["eventTypes"]?.array ?? []).compactMap { $0["name"]?.string })
    let events = json["events"]?.array ?? []
    #expect(events.count == 4)
    for event in events {
      #expect(types.contains(event["type"]?.string ?? ""))
      for relation in event["relationships"]?.array ?? [] {
        #expect(objects.contains(relation["objectId"]?.string ?? ""))
      }
    }
    #expect(events.first?["time"]?.string == "2026-01-05T09:00:00.250Z")
    let variants = (json["objects"]?.array ?? []).compactMap { $0["attributes"]?[0]?["value"]?.string }
    #expect(variants == ["a", "b"])
  }

  @Test("a simulated log keeps its cases and events", arguments: [LogFormat.xes, .ocel])
  func wholeLog(format: LogFormat) throws {
    let model = try #require(BuiltInModels.model(named: "billing_dispute"))
    var plan = SimulationPlan()
    plan.cases = 300
    var csv: [UInt8] = []
    _ = try Simulation(model, plan).run { csv += $0 }
    let log = try EventLogReader(MeasurePlan()).read(TableSource(files: [TableFile(name: "log.csv", bytes: csv)]))
    let export = LogExport(model, log)
    let body = try text(export, format)
    switch format {
    case .xes:
      let xml = try #require(XMLElements(body))
      #expect(xml.named("trace").count == 300 && xml.named("event").count == export.events)
    case .ocel:
      let json = try JSONValue(parsing: body)
      #expect(json["events"]?.array?.count == export.events && json["objects"]?.array?.count == 600)
    }
  }

  @Test func anEmptyLog() throws {
    let empty = LogExport(try #require(Notation.parse(Self.model).model), EventLog())
    #expect(try XMLElements(text(empty, .xes)) != nil)
    #expect(try JSONValue(parsing: try text(empty, .ocel))["events"]?.array?.isEmpty == true)
  }
}
