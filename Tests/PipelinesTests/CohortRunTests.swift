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
}
