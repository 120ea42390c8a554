import Basics
import Cohorts
import Engines
import Foundation
import Pipelines
import Testing
import Workflow

@Suite struct CohortRunTests {
  /// 40 units start in each of 8 weeks; in week a after the start, unit u of 40 comes back if u % 8 >= a.
  private func writeEvents(_ project: Project, broken: Bool = false) throws {
    var lines = ["user_id,occurred_at,amount"]
    let start = Date(timeIntervalSince1970: 1_735_689_600 + 5 * 86_400)  // Monday, 2025-01-06
    for week in 0..<8 {
      for unit in 0..<40 {
        for age in 0..<(8 - week) where age == 0 || unit % 8 >= age {
          let time = start.addingTimeInterval(Double(week + age) * 7 * 86_400 + Double(unit) * 60)
          lines.append("\(week)-\(unit),\(time.formatted(.iso8601)),\(10 + unit % 5)")
        }
      }
    }
    lines[1] = lines[1].split(separator: ",").dropLast().joined(separator: ",") + ",none"
    if broken { lines.append("last,not a time,1") }
    try project.write(lines.joined(separator: "\n") + "\n", to: "events.csv")
    try project.write(
      """
      version: 1
      kind: cohort
      name: shop
      data: { files: [events.csv], unit: user_id, time: occurred_at, amount: amount, null_words: none }
      cohorts: { period: week, retention: "on" }
      """, to: "cohorts.yaml")
  }

  @Test func finishesWithAReport() throws {
    let project = try Project()
    try writeEvents(project)
    let id = try project.begin("cohorts.yaml")
    let status = try project.runner.advance(id)
    guard case .finished = status else {
      Issue.record("\(project.end(status))")
      return
    }
    let report = try project.runner.storedCohortReport(of: id)
    #expect(report.retention.cohorts.count == 8)
    #expect(report.retention.cohorts.allSatisfy { $0.size == 40 })
    #expect(FileManager.default.fileExists(atPath: project.path(".verdict/runs/\(id)/report.html")))
    #expect(try project.entries(.decision, of: id).count == 1)
    #expect(try Verification(run: id, project.runner).passed)
  }

  /// Files may be given by a pattern; the result names those that it read.
  @Test func aPatternNamesFiles() throws {
    let project = try Project()
    try writeEvents(project)
    let text = try String(contentsOfFile: project.path("events.csv"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    let (first, second) = (lines.prefix(100), lines[0..<1] + lines[100...])
    let id = try project.begin("cohorts.yaml")
    guard case .finished = try project.runner.advance(id) else {
      Issue.record("the run did not finish")
      return
    }

    let spec = try String(contentsOfFile: project.path("cohorts.yaml"), encoding: .utf8)
    try project.write(spec.replacing("events.csv", with: "part-*.csv"), to: "cohorts.yaml")
    let other = try project.begin("cohorts.yaml")
    #expect(project.end(try project.runner.advance(other)).contains("part-*.csv is not there yet"))
    try project.write(first.joined(separator: "\n") + "\n", to: "part-1.csv")
    try project.write(second.joined(separator: "\n") + "\n", to: "part-2.csv")
    guard case .finished = try project.runner.advance(other) else {
      Issue.record("the run by a pattern did not finish")
      return
    }
    let (whole, parts) = try (project.runner.storedCohortReport(of: id), project.runner.storedCohortReport(of: other))
    #expect(parts.input.files.map(\.name) == ["part-1.csv", "part-2.csv"])
    #expect(parts.retention == whole.retention)
  }

  /// A spec reaches what the library has: the stored report is that of the same definitions by hand.
  @Test func everyDefinitionReachesTheReport() throws {
    let project = try Project()
    var events = ["user_id,occurred_at,name,amount"]
    var users = ["user_id,signed_up_at,variant"]
    for unit in 0..<400 {
      func add(_ day: Int, _ event: String) {
        events.append("\(unit),2025-01-\(day < 10 ? "0" : "")\(day),\(event),\(event == "buy" ? 20 + unit % 7 : 0)")
      }
      users.append("\(unit),2025-01-0\(1 + unit % 5),\(unit % 2 == 0 ? "new" : "old")")
      add(6, "open")
      if unit % 3 == 0 { add(7, "cart") }
      if unit % 6 == 0 { add(8, "buy") }
      if unit % 10 < (unit % 2 == 0 ? 7 : 4) { add(16, "open") }
      if unit == 0 { add(30, "open") }
    }
    try project.write(events.joined(separator: "\n") + "\n", to: "events.csv")
    try project.write(users.joined(separator: "\n") + "\n", to: "users.csv")
    try project.write(
      """
      version: 1
      kind: cohort
      name: shop
      data:
        files: [events.csv]
        unit: user_id
        time: occurred_at
        event: name
        amount: amount
        starts: { files: [users.csv], time: signed_up_at }
      cohorts: { window: rolling, arm: variant, control: old, inactivity: 20 days }
      behaviour:
        early: 7 days
        habits: true
        funnel: { steps: [open, "cart?", buy], within: 5 days }
        rfm: { recency: [10, 20], frequency: [2, 3], monetary: [20, 23] }
        paths: 3
        sequences: 10%
        clusters: 7 days
      """, to: "cohorts.yaml")
    let id = try project.begin("cohorts.yaml")
    guard case .finished = try project.runner.advance(id) else {
      Issue.record("the run did not finish")
      return
    }

    var columns = EventLogReader.Columns(unit: "user_id", time: "occurred_at")
    (columns.event, columns.amount) = ("name", "amount")
    var reader = EventLogReader(columns)
    reader.starts = EventLogReader.StartTable(
      files: [project.path("users.csv")], unit: "user_id", time: "signed_up_at", segment: "variant")
    var settings = CohortSettings(window: .rolling(seconds: 7 * 86_400), inactivityDays: 20)
    (settings.control, settings.groupsAreArms) = ("old", true)
    settings.behaviour.earlyDays = 7
    settings.behaviour.habits = true
    settings.behaviour.funnel = FunnelDefinition("open,cart?,buy", windowSeconds: 5 * 86_400)
    settings.behaviour.rfm = RFMScale(recencyCuts: [10, 20], frequencyCuts: [2, 3], monetaryCuts: [20, 23])
    settings.behaviour.pathLength = 3
    settings.behaviour.sequences = SequenceSettings()
    settings.behaviour.sequences?.minimumSupport = 0.1
    settings.behaviour.clusterDays = 7
    var log = try reader.read([project.path("events.csv")])
    for (index, name) in ["events.csv", "users.csv"].enumerated() { log.files[index].name = name }
    #expect(try project.runner.storedCohortReport(of: id) == Cohorts.analyze(log: log, settings: settings))
  }

  @Test func badRowsAreShownAndWaitedFor() throws {
    let project = try Project()
    try writeEvents(project, broken: true)
    let id = try project.begin("cohorts.yaml")
    #expect(
      project.end(try project.runner.advance(id)) == "waiting for data at Load signup and activity events: "
        + "the files have not changed; repair the rows that cannot be read")
    #expect(try project.results("rows.quarantine", of: id).first?["first"]?.string?.contains("events.csv:") == true)
    try writeEvents(project)
    guard case .finished = try project.runner.advance(id) else {
      Issue.record("the run did not finish")
      return
    }
  }

  /// Units that share something in their first week come back far more often: the run finds it and proposes to test it.
  @Test func aBehaviourIsFoundAndProposed() throws {
    let project = try Project()
    var lines = ["user_id,occurred_at,event"]
    for unit in 0..<600 {
      func add(_ day: Int, _ event: String) { lines.append("\(unit),2025-01-\(day < 10 ? "0" : "")\(day),\(event)") }
      add(6, "open")
      if unit % 2 == 0 { add(7, "share") }
      if unit % 10 < (unit % 2 == 0 ? 8 : 3) { add(16, "open") }
      if unit == 0 { add(30, "open") }
    }
    try project.write(lines.joined(separator: "\n") + "\n", to: "events.csv")
    try project.write(
      """
      version: 1
      kind: cohort
      name: shop
      data: { files: [events.csv], unit: user_id, time: occurred_at, event: event }
      """, to: "cohorts.yaml")
    let id = try project.begin("cohorts.yaml")
    guard case .finished = try project.runner.advance(id) else {
      Issue.record("the run did not finish")
      return
    }
    #expect(try project.runner.storedCohortReport(of: id).behaviour?.early?.days == 7)
    let proposal = try String(
      contentsOfFile: project.path(".verdict/runs/\(id)/proposed-experiment.yaml"), encoding: .utf8)
    #expect(proposal.contains("name: shop-early-behaviour") && proposal.contains("units with 'share'"))
    try project.write(proposal, to: "next.yaml")
    #expect(try project.begin("next.yaml").hasPrefix("shop-early-behaviour"))
  }
}
