import Basics
import Cohorts
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct BehaviourTests {
  @Test("plain Python", arguments: try References.cases("rfm-small"))
  func rfm(_ c: ReferenceCase) throws {
    let log = try Fixture.log(c.input["orders"])
    let assignment = try CohortAssignment(
      log: log, settings: CohortSettings(asOf: try #require(Fixture.seconds(c.input["asOf"]?.string))))
    let rfm = try RFM(log: log, assignment: assignment, levels: try #require(c.input["levels"]?.int))
    let users = Fixture.users(c.input["orders"])
    let order = (c.expected["users"]?.array ?? []).map { name in rfm.customers.first { users[$0.unit] == name.string } }
    func column(_ key: String) -> [Int] { (c.expected[key]?.array ?? []).map { $0.int ?? -1 } }
    #expect(order.map { $0?.recencyDays } == column("recencyDays"))
    #expect(order.map { $0?.frequency } == column("frequency"))
    #expect(order.map { $0?.recencyScore } == column("recencyScore"))
    #expect(order.map { $0?.frequencyScore } == column("frequencyScore"))
    #expect(order.map { $0?.monetaryScore } == column("monetaryScore"))
    for (customer, value) in zip(order, c.expected["monetary"]?.array ?? []) {
      expectClose(customer?.monetary ?? .nan, value.double ?? .nan, relative: 1e-12)
    }
  }

  @Test("plain Python", arguments: try References.cases("funnel-small"))
  func funnel(_ c: ReferenceCase) throws {
    let log = try Fixture.log(c.input["events"])
    let names = (c.input["steps"]?.array ?? []).compactMap(\.string)
    let window = c.input["windowHours"]?.double.map { Int64($0 * 3600) }
    let funnel = try Funnel(log: log, names: names, windowSeconds: window)
    #expect(funnel.steps.map(\.units) == (c.expected["counts"]?.array ?? []).map { $0.int ?? -1 })
    let seconds = (c.expected["secondsFromFirst"]?.array ?? []).map { ($0.array ?? []).map { Int64($0.int ?? -1) } }
    #expect(funnel.steps.map(\.secondsFromStart) == seconds)
  }

  @Test func faults() throws {
    let log = EventLog(unitCount: 1, units: [0], times: [0], steps: [0], stepNames: ["visit"])
    let unknown = #expect(throws: CohortFault.self) { try Funnel(log: log, names: ["visti"]) }
    #expect(unknown?.sentence == "no event is a 'visti'. Did you mean 'visit'?")
    let assignment = try CohortAssignment(log: log, settings: CohortSettings())
    let fault = #expect(throws: CohortFault.self) { try RFM(log: log, assignment: assignment) }
    #expect(fault?.sentence == "the log has no amounts; name the column that holds them.")
  }
}
