import Processes
import TestSupport
import Testing
import Workflow

@Suite struct SimulationTests {
  private func log(_ model: Model, _ plan: SimulationPlan) throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try Simulation(model, plan).run { bytes += $0 }
    return bytes
  }

  /// 5 standard errors of the closed form's own variances: 60 comparisons a model, so a false alarm in 30,000 runs; the seed is
  /// fixed.
  @Test("a million cases agree with the closed form within its standard errors", arguments: ModelGolden.all)
  func agreesWithTheClosedForm(_ golden: ModelGolden) throws {
    let model = try golden.model()
    let form = try ClosedForm(model)
    var plan = SimulationPlan()
    plan.cases = 1_000_000
    plan.seed = 20260105
    let found = try #require(try Simulation(model, plan).run().groups.first)
    let n = Double(plan.cases)
    #expect(found.cases == plan.cases)
    for (end, expected) in zip(found.ends, form.ends) {
      let p = expected.probability
      expectClose(Double(end.cases) / n, p, relative: 0, absolute: 5 * (p * (1 - p) / n).squareRoot() + 1e-12)
    }
    for (node, expected) in zip(found.nodes, form.nodes) {
      expectClose(
        Double(node.visits) / n, expected.mean, relative: 1e-12, absolute: 5 * (expected.variance / n).squareRoot(),
        node.node)
    }
    for (edge, expected) in zip(found.edges, form.edges) {
      let p = expected.probability
      let error = (p * (1 - p) / Double(edge.entered)).squareRoot()
      expectClose(Double(edge.passes) / Double(edge.entered), p, relative: 1e-12, absolute: 5 * error)
    }
    expectClose(found.time.mean, form.meanTime, relative: 0, absolute: 5 * (form.timeVariance / n).squareRoot())
    // The lognormal times have heavy tails, so the variance is held to 5 %.
    expectClose(found.time.standardDeviation * found.time.standardDeviation, form.timeVariance, relative: 0.05)
  }

  @Test("the log is the same for any number of threads", arguments: ["ab-test", "billing_dispute"])
  func threads(_ name: String) throws {
    let model = try #require(BuiltInModels.model(named: name))
    var plan = SimulationPlan()
    plan.cases = 30_000
    plan.arms = [
      .init("control"), .init("treatment", overrides: [.init(node: "n4", label: "Yes", probability: 0.85)]),
    ]
    if name == "ab-test" { plan.arms[1].overrides = [.init(node: "n16", label: "Yes", probability: 0.5)] }
    plan.threads = 1
    let one = try log(model, plan)
    plan.threads = 2
    #expect(try log(model, plan) == one)
    plan.threads = 7
    #expect(try log(model, plan) == one)
    plan.seed = 2
    #expect(try log(model, plan) != one)
  }

  @Test func withServersToo() throws {
    var plan = SimulationPlan()
    plan.cases = 2_000
    plan.replications = 3
    plan.arrivals = .random(mean: 3600)
    plan.threads = 1
    let model = Self.queue(servers: "2", mean: "90m")
    let one = try log(model, plan)
    plan.threads = 3
    #expect(try log(model, plan) == one)
  }

  @Test func theLogKeepsItsContract() throws {
    var plan = SimulationPlan()
    plan.cases = 2
    plan.arrivals = .every(3600)
    plan.arms = [.init("control"), .init("treatment")]
    let model = lane(
      """
      n1: circle label:"Start" [event=none]
      n2: rectangle label:"Check, then \\"sign\\"" [duration=const(1500ms)]
      n3: circle label:"End"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left) [label="ok"] [event=signed]
      """)
    let lines = String(decoding: try log(model, plan), as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines[0] == "case_id,event,timestamp,unit_id,variant,node,lifecycle,resource")
    let variant = lines[1].split(separator: ",")[4]
    #expect(
      lines[1...3] == [
        "c1,check_then_sign,2026-01-05T00:00:01.500Z,u1,\(variant),n2,complete,",
        "c1,signed,2026-01-05T00:00:01.500Z,u1,\(variant),n2->n3,complete,",
        "c1,end,2026-01-05T00:00:01.500Z,u1,\(variant),n3,complete,",
      ])
    #expect(lines[4].hasPrefix("c2,check_then_sign,2026-01-05T01:00:01.500Z,u2,"))
    #expect(lines.count == 7)
  }

  @Test func observationEnds() throws {
    var plan = SimulationPlan()
    plan.cases = 100
    plan.arrivals = .every(60)
    plan.observed = 3599
    let text = String(decoding: try log(ClosedFormTests.loop, plan), as: UTF8.self)
    #expect(!text.contains("2026-01-05T01:0") && text.contains("c60,start,2026-01-05T00:59:00.000Z"))
  }

  @Test func aSplitDiamondFollowsTheArm() throws {
    let model = lane(
      """
      n1: circle label:"Start"
      n2: diamond label:"Which?" [split=exp-1]
      n3: circle label:"Old"
      n4: circle label:"New"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left) [label="control"] [p=0.5]
      n2.handle(top) -> n4.handle(left) [label="treatment"]
      """)
    var plan = SimulationPlan()
    plan.cases = 1_000
    plan.arms = [.init("control"), .init("treatment")]
    let groups = try Simulation(model, plan).run().groups
    #expect(groups[0].ends.map(\.cases) == [groups[0].cases, 0])
    #expect(groups[1].ends.map(\.cases) == [0, groups[1].cases])
    #expect(groups[0].cases > 400 && groups[1].cases > 400)
  }

  // MARK: - Queues

  static func queue(servers: String, mean: String) -> Model {
    lane(
      """
      n1: circle label:"Start"
      n2: rectangle label:"Serve" [duration=exp(\(mean)) resources="\(servers)"]
      n3: circle label:"End"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      """)
  }

  /// M/M/c with arrivals every hour in the mean. c = 1, service 30 min: rho = 1/2, mean wait rho/(mu - lambda) = 30 min.
  /// c = 2, service 90 min: a = 1.5, Erlang C = 9/14, mean wait C/(2 mu - lambda) = (9/14)/(1/3) h = 27/14 h.
  @Test("mean waits equal Erlang's formula", arguments: [("1", "30m", 0.5, 0.5), ("2", "90m", 27.0 / 14, 0.75)])
  func erlang(_ servers: String, _ mean: String, _ wait: Double, _ load: Double) throws {
    var plan = SimulationPlan()
    plan.cases = 100_000
    plan.replications = 4
    plan.arrivals = .random(mean: 3600)
    let pool = try #require(try Simulation(Self.queue(servers: servers, mean: mean), plan).run().pools.first)
    // Waits are correlated over tens of cases; 5 % is about 5 of their standard errors.
    expectClose(pool.meanWait, wait * 3600, relative: 0.05)
    expectClose(pool.utilisation, load, relative: 0.01)
    #expect(pool.jobs == 400_000)
  }

  /// Monday 00:00, 10 hours of work for one server who works 09:00-17:00: 8 hours on Monday, 2 on Tuesday, done 11:00. The next
  /// case, there since Monday 01:00, follows: 6 hours on Tuesday, 4 on Wednesday, done 13:00.
  @Test func workingHoursByHand() throws {
    let model = lane(
      """
      n1: circle label:"Start" [event=none]
      n2: rectangle label:"Work" [duration=const(10h) resources="a:1 mon-fri 09:00-17:00"]
      n3: circle label:"End" [event=none]
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      """)
    var plan = SimulationPlan()
    plan.cases = 2
    plan.arrivals = .every(3600)
    let rows = String(decoding: try log(model, plan), as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(
      rows.map { String($0.split(separator: ",")[2]) } == ["2026-01-06T11:00:00.000Z", "2026-01-07T13:00:00.000Z"])
  }

  @Test func settingsAreChecked() throws {
    var plan = SimulationPlan()
    plan.cases = 0
    do {
      _ = try Simulation(ClosedFormTests.loop, plan)
      Issue.record("accepted")
    } catch {
      #expect("\(error)" == "cases: expected 1 to 1000000000, found 0.")
    }
  }
}
