import Basics
import Experiments
import Foundation
import TestSupport
import Testing

@Suite struct CohortSpecTests {
  private static func faults(_ yaml: String) -> String {
    do throws(InputFaults) {
      _ = try CohortSpec(yaml: yaml, file: "c.yaml")
      return ""
    } catch { return error.sentence }
  }

  @Test func defaults() throws {
    let spec = try CohortSpec(yaml: SpecFixtures.minimalCohort)
    #expect(spec.data.files == ["events.csv"])
    #expect(spec.cohorts.period == .week && spec.cohorts.timezone == "UTC" && spec.cohorts.weekStart == .monday)
    #expect(spec.ltv == nil && spec.behaviour.earlyDays == nil && spec.cohorts.split == nil)
  }

  @Test func everyKey() throws {
    let spec = try CohortSpec(yaml: SpecFixtures.fullCohort)
    #expect(spec.data.amountColumn == "price" && spec.data.startEvent == "signup" && spec.data.nullWords == ["NA"])
    #expect(spec.cohorts.brackets == [0...0, 1...3] && spec.cohorts.weekStart == .sunday)
    #expect(spec.cohorts.asOf == "2026-01-31" && spec.cohorts.maximumAge == 12)
    #expect(spec.ltv?.model == .paretoNBD && spec.ltv?.discount == 0.1)
    #expect(spec.cohorts.split == .column("country") && spec.cohorts.control == "DE")
    #expect(spec.cohorts.window == .rolling && spec.cohorts.inactivityDays == 45)
    #expect(spec.behaviour.earlyDays == 14 && spec.behaviour.habits && spec.behaviour.clusterDays == 7)
    #expect(spec.behaviour.funnel?.steps == ["signup", "cart?", "!refund", "purchase"])
    #expect(spec.behaviour.funnel?.window == 604_800)
    #expect(spec.behaviour.rfm?.levels == 4 && spec.behaviour.rfm?.monetaryCuts == [50, 200.5])
    #expect(spec.behaviour.pathLength == 4 && spec.behaviour.sequenceShare == 0.05)
    #expect(spec.ltv?.holdout == 39 * 604_800 && spec.ltv?.horizon == 26 * 604_800)
  }

  @Test func signups() throws {
    let spec = try CohortSpec(yaml: SpecFixtures.signupCohort)
    #expect(spec.data.starts?.files == ["users.csv"] && spec.data.starts?.timeColumn == "signed_up_at")
    #expect(spec.cohorts.split == .early(event: "share", days: 3) && spec.behaviour.earlyDays == 7)
  }

  @Test(arguments: [
    (
      "ltv: { horizon: 9 weeks }", "c.yaml:5:6: 'data' needs the key 'amount': the column of money that 'ltv' projects."
    ),
    (
      "cohorts: { retention: bracket }",
      "c.yaml:5:10: 'cohorts' needs the key 'brackets': the ages of each bracket, such as [[1, 7], [8, 14]]."
    ),
    (
      "cohorts: { brackets: [[3, 1]] }",
      "c.yaml:5:23: cohorts.brackets[0]: expected two ages from 0, the first not above the last, found a list."
    ),
    (
      "behaviour: { early: 7 days }",
      "c.yaml:5:21: 'data' needs the key 'event': the column of event names, for 'behaviour.early'."
    ),
    (
      "behaviour: { clusters: 36h }",
      "c.yaml:5:24: behaviour.clusters: expected a duration of whole days up to ten years, such as 7 days, found '36h'."
    ),
    (
      "cohorts: { by: plan, arm: variant }",
      "c.yaml:5:27: cohorts: expected at most one of 'by', 'arm', 'by_early', found 'by' and 'arm'."
    ),
    (
      "behaviour: { rfm: { levels: 5 } }",
      "c.yaml:5:19: 'data' needs the key 'amount': the column of money, for 'behaviour.rfm'."
    ),
    (
      "cohorts: { perod: day }", "c.yaml:5:12: no key 'perod' in 'cohorts'. Did you mean 'period'?"
    ),
  ])
  func faults(more: String, sentence: String) {
    #expect(Self.faults(SpecFixtures.minimalCohort + "\n" + more) == sentence)
  }

  @Test(arguments: [
    (
      "rfm: { recency: [30, 7] }",
      "c.yaml:5:30: behaviour.rfm.recency: expected a list of numbers, each above the one before, found a list."
    ),
    ("paths: 21", "c.yaml:5:21: behaviour.paths: expected a whole number from 1 to 20, found '21'."),
    (
      "funnel: { steps: [a?, b] }",
      "c.yaml:5:31: behaviour.funnel.steps: expected at least two events, the first and the last neither optional "
        + "('cart?') nor excluded ('!refund'), found a list."
    ),
  ])
  func faultsOfBehaviour(view: String, sentence: String) {
    let columns = SpecFixtures.minimalCohort.replacing("occurred_at }", with: "occurred_at, event: e, amount: a }")
    #expect(Self.faults(columns + "\nbehaviour: { \(view) }") == sentence)
  }

  @Test func kindChooses() throws {
    guard case .cohort = try RunSpec(yaml: SpecFixtures.fullCohort),
      case .experiment = try RunSpec(
        yaml: SpecFixtures.minimalExperiment)
    else {
      Issue.record("the wrong kind")
      return
    }
    let error = #expect(throws: InputFaults.self) { try RunSpec(yaml: "version: 1\nkind: cohrt", file: "c.yaml") }
    #expect(error?.sentence == "c.yaml:2:7: kind: 'cohrt' is not one of experiment, cohort. Did you mean 'cohort'?")
  }

  /// The examples that are shipped.
  @Test(arguments: ["actg175", "cdnow"]) func examples(name: String) throws {
    let spec = try RunSpec.load(Repository.root.appending(path: "Examples/\(name).yaml").path())
    #expect(spec.name == name)
    if case .experiment(let experiment) = spec {
      #expect(experiment.measurementRequest.files.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    }
  }
}
