import Processes

/// - Source: IEEE 1849-2016, eXtensible Event Stream; keys of its standard extensions Concept, Time and Lifecycle.
struct XESWriter {
  private let export: LogExport
  private var log: EventLog { export.log }

  init(_ export: LogExport) { self.export = export }

  private static let head = """
    <?xml version="1.0" encoding="UTF-8"?>
    <log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
      <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
      <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
      <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
      <global scope="trace">
        <string key="concept:name" value="unknown"/>
      </global>
      <global scope="event">
        <string key="concept:name" value="unknown"/>
        <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
        <string key="lifecycle:transition" value="complete"/>
      </global>
      <classifier name="Activity" keys="concept:name"/>

    """

  func write(to sink: LogExport.Sink) throws {
    var out = ByteBuffer()
    out.append(Self.head)
    let names = export.activities.map { Array(Self.text("concept:name", $0, indent: 6).utf8) }
    let transitions = ["complete", "start"].map { Array(Self.text("lifecycle:transition", $0, indent: 6).utf8) }
    var clock = Timestamp()
    for number in 0..<log.cases {
      out.append("  <trace>\n" + Self.text("concept:name", log.caseNames.string(of: number), indent: 4))
      for (key, value) in attributes(number) { out.append(Self.text(key, value, indent: 4)) }
      for row in log.starts[number]..<log.starts[number + 1] {
        out.append("    <event>\n")
        out.append(names[Int(log.events[row])])
        out.append("      <date key=\"time:timestamp\" value=\"")
        out.append(clock.bytes(milliseconds: log.times[row]))
        out.append("+00:00\"/>\n")
        out.append(transitions[!log.steps.isEmpty && log.steps[row] == .start ? 1 : 0])
        out.append("    </event>\n")
      }
      out.append("  </trace>\n")
      try out.drain(to: sink)
    }
    out.append("</log>\n")
    try out.flush(to: sink)
  }

  /// What belongs to a case as a whole.
  private func attributes(_ number: Int) -> [(String, String)] {
    var list: [(String, String)] = []
    if let unit = export.unit(ofCase: number) { list.append(("unit_id", unit)) }
    if !log.variants.isEmpty, log.variant[number] >= 0 {
      list.append(("variant", log.variants[Int(log.variant[number])]))
    }
    if !log.cohorts.isEmpty, log.cohort[number] >= 0 { list.append(("cohort", log.cohorts[Int(log.cohort[number])])) }
    return list
  }

  private static func text(_ key: String, _ value: String, indent: Int) -> String {
    "\(String(repeating: " ", count: indent))<string key=\"\(key)\" value=\"\(XMLWriter.escaped(value))\"/>\n"
  }
}
