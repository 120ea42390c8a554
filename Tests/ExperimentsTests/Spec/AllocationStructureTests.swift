import Allocation
import Experiments
import Testing

@Suite struct AllocationStructureTests {
  private static func spec(_ allocation: String) throws -> ExperimentSpec {
    try ExperimentSpec(
      yaml: SpecFixtures.minimalExperiment + "\nallocation:\n"
        + allocation.split(separator: "\n").map { "  \($0)\n" }.joined(),
      file: "x.yaml")
  }

  private static func sentence(_ allocation: String) -> String {
    do {
      _ = try spec(allocation)
      return "no fault"
    } catch { return "\(error)" }
  }

  @Test("layer, holdout and overrides come into the policy and into the plan's hash")
  func policy() throws {
    let bare = try Self.spec("salt: s")
    let spec = try Self.spec(
      "salt: s\nlayer: { name: l, from: 20%, to: 1 }\nholdout: { salt: h, share: 5% }\noverrides: { treatment: [qa] }")
    #expect(spec.specHash != bare.specHash)
    #expect(try bare.allocationPolicy().isBare)
    let policy = try spec.allocationPolicy()
    let tester = try policy.decide("qa")
    #expect(tester.arm == 1 && tester.reason == .override)
    var layer = try Layer("l")
    try layer.add("x", from: "0.2", to: "1")
    for number in 0..<500 {
      let decision = try policy.decide("u\(number)")
      guard decision.reason != .holdout else { continue }
      #expect((decision.reason == .plan) == (layer.experiment(of: "u\(number)") == "x"))
    }
  }

  @Test func faults() {
    #expect(
      Self.sentence("layer: { from: 0.5 }")
        == "x.yaml:9:10: 'allocation.layer' needs the key 'name': the layer's name; experiments of one layer never share a unit."
    )
    #expect(
      Self.sentence("layer: { name: l, from: 60%, to: 50% }")
        == "x.yaml:9:36: allocation.layer.to: expected a share above 'from' and at most 1, found '50%'.")
    #expect(
      Self.sentence("holdout: { salt: h, share: 100% }")
        == "x.yaml:9:30: allocation.holdout.share: expected a share above 0 and below 1, found '100%'.")
    #expect(
      Self.sentence("overrides: { treatment: [u, v], control: [u] }")
        .hasSuffix("allocation.overrides.treatment: expected each unit under one variant, found one of them twice."))
    #expect(
      Self.sentence("overrides: { treatmnt: [u] }")
        == "x.yaml:9:16: no key 'treatmnt' in 'allocation.overrides'. Did you mean 'treatment'?")
  }
}
