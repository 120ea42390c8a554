import Basics
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
    if broken { lines.append("last,not a time,1") }
    try project.write(lines.joined(separator: "\n") + "\n", to: "events.csv")
    try project.write(
      """
      version: 1
      kind: cohort
      name: shop
      data: { files: [events.csv], unit: user_id, time: occurred_at, amount: amount }
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
