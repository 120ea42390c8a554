import Basics
import Processes

/// Cases and units are objects, a case belongs to its unit, and every event is of a case and by its unit.
///
/// - Source: OCEL 2.0 specification (2023), JSON; www.ocel-standard.org.
struct OCELWriter {
  private let export: LogExport
  private var log: EventLog { export.log }

  init(_ export: LogExport) { self.export = export }

  func write(to sink: LogExport.Sink) throws {
    var out = ByteBuffer()
    out.append("{\"objectTypes\":\(objectTypes.text()),\n\"eventTypes\":\(eventTypes.text()),\n\"objects\":[\n")
    try writeObjects(&out, sink)
    out.append("],\n\"events\":[\n")
    try writeEvents(&out, sink)
    out.append("]}\n")
    try out.flush(to: sink)
  }

  private var objectTypes: JSONValue {
    let traits = (log.variants.isEmpty ? [] : ["variant"]) + (log.cohorts.isEmpty ? [] : ["cohort"])
    let attributes = traits.map { ["name": .string($0), "type": "string"] as JSONValue }
    let types: [JSONValue] = [["name": "case", "attributes": .array(attributes)]]
    return .array(types + (log.unit == nil ? [] : [["name": "unit", "attributes": []]]))
  }

  private var eventTypes: JSONValue {
    let names = Set(export.activities).sorted()
    return .array(
      names.map { ["name": .string($0), "attributes": [["name": "lifecycle", "type": "string"]]] })
  }

  private func caseID(_ number: Int) -> String { "case/" + log.caseNames.string(of: number) }
  private func unitID(ofCase number: Int) -> String? { export.unit(ofCase: number).map { "unit/" + $0 } }

  private func writeObjects(_ out: inout ByteBuffer, _ sink: LogExport.Sink) throws {
    var clock = Timestamp()
    for number in 0..<log.cases {
      let first = log.starts[number]
      let time = String(decoding: clock.bytes(milliseconds: log.times[first]), as: UTF8.self) + "Z"
      var attributes: [JSONValue] = []
      if !log.variants.isEmpty, log.variant[number] >= 0 {
        attributes.append(
          ["name": "variant", "time": .string(time), "value": .string(log.variants[Int(log.variant[number])])])
      }
      if !log.cohorts.isEmpty, log.cohort[number] >= 0 {
        attributes.append(
          ["name": "cohort", "time": .string(time), "value": .string(log.cohorts[Int(log.cohort[number])])])
      }
      let relations = unitID(ofCase: number).map { [relation($0, "belongs to")] } ?? []
      separate(number, &out)
      out.append(object(caseID(number), "case", attributes, relations))
      try out.drain(to: sink)
    }
    for unit in 0..<(log.unit == nil ? 0 : log.unitNames.count) {
      out.append(",\n" + object("unit/" + log.unitNames.string(of: unit), "unit", [], []))
      try out.drain(to: sink)
    }
  }

  private func object(_ id: String, _ type: String, _ attributes: [JSONValue], _ relations: [JSONValue]) -> String {
    let value: JSONValue = [
      "id": .string(id), "type": .string(type), "attributes": .array(attributes), "relationships": .array(relations),
    ]
    return value.text()
  }

  private func relation(_ object: String, _ qualifier: String) -> JSONValue {
    ["objectId": .string(object), "qualifier": .string(qualifier)]
  }

  private func writeEvents(_ out: inout ByteBuffer, _ sink: LogExport.Sink) throws {
    let types = export.activities.map { Array(JSONValue.string($0).text().utf8) }
    var clock = Timestamp()
    for number in 0..<log.cases {
      var relations = relation(caseID(number), "of").text()
      if let unit = unitID(ofCase: number) { relations += "," + relation(unit, "by").text() }
      for row in log.starts[number]..<log.starts[number + 1] {
        separate(row, &out)
        out.append("{\"id\":\"e\(row + 1)\",\"type\":")
        out.append(types[Int(log.events[row])])
        out.append(",\"time\":\"")
        out.append(clock.bytes(milliseconds: log.times[row]))
        let lifecycle = !log.steps.isEmpty && log.steps[row] == .start ? "start" : "complete"
        out.append("Z\",\"attributes\":[{\"name\":\"lifecycle\",\"value\":\"\(lifecycle)\"}],\"relationships\":[")
        out.append(relations + "]}")
      }
      try out.drain(to: sink)
    }
  }

  private func separate(_ index: Int, _ out: inout ByteBuffer) { if index > 0 { out.append(",\n") } }
}
