import Processes
import TestSupport
import Testing
import Workflow

/// Models with probabilities, and what they come to.
struct ModelGolden: Sendable, CustomTestStringConvertible {
  let name: String
  let ends: [String: Double]
  let expectedNodes: Double
  var testDescription: String { name }

  /// Exact rationals computed by hand-written fractions from the models' p=, rounded to 6 places.
  static let all = [
    ModelGolden(
      name: "ab-test", ends: ["Winner deployed": 0.256961, "Control kept": 0.743039], expectedNodes: 29.963528),
    ModelGolden(
      name: "cohort", ends: ["Experiment proposed": 0.4, "Report published": 0.6], expectedNodes: 16.333333),
    ModelGolden(
      name: "account_deletion", ends: ["Account kept": 0.21774, "Account deleted": 0.73226, "Request refused": 0.05],
      expectedNodes: 13.496504),
    ModelGolden(
      name: "api_key_rotation", ends: ["Rotation complete": 0.97, "Closed with incident": 0.03],
      expectedNodes: 16.045625),
    ModelGolden(
      name: "billing_dispute", ends: ["Resolved": 0.8, "Chargeback won": 0.042, "Chargeback lost": 0.158],
      expectedNodes: 13.047143),
    ModelGolden(
      name: "content_moderation", ends: ["Content live": 0.93303, "Content removed": 0.06697], expectedNodes: 7.44043),
  ]

  func model() throws -> Model { try #require(BuiltInModels.model(named: name)) }
}

/// The text of a model of one lane.
func lane(_ lines: String) -> Model { Notation.parse("L { # L\n" + lines + "\n}\n").readModel }

@Suite struct ClosedFormTests {
  @Test("equals the exact rationals", arguments: ModelGolden.all)
  func goldens(_ golden: ModelGolden) throws {
    let form = try ClosedForm(golden.model())
    #expect(form.ends.count == golden.ends.count)
    for end in form.ends {
      expectClose(end.probability, try #require(golden.ends[end.label]), relative: 0, absolute: 5e-7)
    }
    expectClose(form.expectedNodes, golden.expectedNodes, relative: 0, absolute: 5e-7)
  }

  /// The seed's text with its one single-edge repair, n12 led to n14: E[v] = 135 / 7 (by hand), and the mended model.
  @Test func theSeedWithItsRepair() throws {
    var model = try #require(BuiltInModels.model(named: "oauth"))
    let edge = try #require(model.edges.firstIndex { $0.source.node == "n12" && $0.target.node == "n13" })
    model.edges[edge].target = .init("n14", .top)
    for index in model.edges.indices {
      let p: [String: [String: String]] = ["n14": ["Yes": "0.8"], "n17": ["Yes": "0.98"]]
      if let label = model.edges[index].label, let value = p[model.edges[index].source.node]?[label] {
        model.edges[index].attributes = Attributes(dictionaryLiteral: ("p", value))
      }
    }
    let form = try ClosedForm(model)
    expectClose(form.expectedNodes, 19.285714, relative: 0, absolute: 5e-7)
    expectClose(try #require(form.ends.first).probability, 1, relative: 1e-12)
  }

  /// A loop left with p = 1/4 after each exponential visit of mean 2 h. Visits are geometric: mean 4, variance 12. The time is a
  /// geometric sum of exponentials, itself exponential with mean 8 h: variance 64 h². Passing the loop's edge: 3/4.
  @Test func aLoopByHand() throws {
    let form = try ClosedForm(Self.loop)
    let work = try #require(form.nodes.first { $0.node == "n2" })
    expectClose(work.mean, 4, relative: 1e-12)
    expectClose(work.variance, 12, relative: 1e-12)
    expectClose(work.reached, 1, relative: 1e-12)
    expectClose(form.meanTime, 8 * 3600, relative: 1e-12)
    expectClose(form.timeVariance, 64 * 3600 * 3600, relative: 1e-12)
    expectClose(form.meanCost, 4 * 2.5, relative: 1e-12)
    let again = try #require(form.edges.first { $0.label == "No" })
    expectClose(again.mean, 3, relative: 1e-12)
    expectClose(again.passed, 0.75, relative: 1e-12)
  }

  static let loop = lane(
    """
    n1: circle label:"Start"
    n2: rectangle label:"Work" [duration=exp(2h) cost=2.5]
    n3: diamond label:"Done?"
    n4: circle label:"End"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left) [label="Yes"] [p=0.25]
    n3.handle(top) -> n2.handle(top) [label="No"]
    """)

  @Test func anOverrideKeepsTheOtherBranchesProportions() throws {
    let model = try #require(BuiltInModels.model(named: "content_moderation"))
    let form = try ClosedForm(model, overrides: [try BranchOverride(parsing: "n9:Clear=0.8")])
    let branches = form.edges.filter { $0.source == "n9" }
    expectClose(branches[0].probability, 0.8)
    // 0.07 and 0.03 share 0.2 as 7 to 3.
    expectClose(branches[1].probability, 0.14, relative: 1e-12)
    expectClose(branches[2].probability, 0.06, relative: 1e-12)
  }
}

@Suite struct ProcessFaultTests {
  private func sentence(_ model: Model, _ overrides: [BranchOverride] = []) -> String {
    do throws(ProcessFault) {
      _ = try ClosedForm(model, overrides: overrides)
      return "none"
    } catch { return error.sentence }
  }

  @Test func aDiamondWithoutProbabilities() {
    var model = ClosedFormTests.loop
    for index in model.edges.indices { model.edges[index].attributes = [] }
    #expect(
      sentence(model)
        == "the diamond n3 has no p= on its branches. Write them, such as [label=\"Yes\"] [p=0.8], or learn them from a "
        + "log: verdict flow fit MODEL LOG.csv")
  }

  @Test func aLoopThatIsNeverLeft() {
    let override = BranchOverride(node: "n3", label: "No", probability: 1)
    #expect(
      sentence(ClosedFormTests.loop, [override])
        == "with these p= a case at n1, n2, n3 can never end: a branch that leads out has p=0.")
  }

  @Test func anUnknownNodeOrBranch() {
    #expect(
      sentence(ClosedFormTests.loop, [BranchOverride(node: "n33", label: "No", probability: 0.5)])
        == "the model has no node 'n33'. Did you mean 'n3'?")
    #expect(
      sentence(ClosedFormTests.loop, [BranchOverride(node: "n3", label: "Perhaps", probability: 0.5)])
        == "node 'n3' has no branch 'Perhaps'; its branches are 'Yes', 'No'.")
  }

  @Test func anUnsoundModel() throws {
    #expect(
      sentence(try #require(BuiltInModels.model(named: "oauth"))).hasPrefix(
        "the model is not sound, so its cases may never end: "))
  }

  @Test(
    "attributes that cannot be read",
    arguments: [
      ("duration=\"exp(2)\"", "node 'n2': duration= expects a law such as const(14d), exp(2h), lognormal(30m, 1.2)"),
      ("duration=\"gamma(2h, 1)\"", "node 'n2': duration= expects a law such as"),
      ("duration=\"weibull(2h, 0)\"", "node 'n2': duration= expects a law such as"),
      ("cost=free", "node 'n2': cost= expects a number, found 'free'."),
      ("resources=0", "node 'n2': resources= expects servers such as 3, reviewers:3 or"),
      ("resources=\"a:2 mon-fri 17:00-09:00\"", "node 'n2': resources= expects servers such as"),
      ("resources=agents", "the pool 'agents' needs its number of servers"),
      ("duration=empirical(none.csv)", "cannot be read: no such file."),
    ])
  func badAttributes(_ attribute: String, _ begins: String) {
    let model = lane(
      """
      n1: circle label:"Start"
      n2: rectangle label:"Work" [\(attribute)]
      n3: circle label:"End"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      """)
    #expect(sentence(model).hasPrefix(begins), "\(sentence(model))")
  }
}
