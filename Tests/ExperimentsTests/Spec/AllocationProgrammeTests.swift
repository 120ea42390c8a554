import Allocation
import Basics
import Experiments
import Testing

@Suite struct AllocationProgrammeTests {
  @Test func reads() throws {
    let programme = try AllocationProgramme(
      yaml: """
        experiments:
          - { name: checkout, scheme: growthbook/1, weights: { control: 50, treatment: 50 } }
          - { name: pricing, salt: p-2026, weights: "a=1,b=2", coverage: 0.25 }
        transitions:
          - { from: checkout, to: pricing }
        """)
    #expect(programme.experiments.map(\.name) == ["checkout", "pricing"])
    #expect(programme.experiments[0].plan.scheme == .growthbook1 && programme.experiments[0].plan.salt == "checkout")
    #expect(programme.experiments[1].plan.arms.map(\.name) == ["a", "b"])
    #expect(programme.transitions.count == 1)
    #expect(try AllocationProgramme(yaml: "- name: a\n- name: b\n").experiments.count == 2)
  }

  @Test("experiments of one layer share no unit; ranges that overlap are refused")
  func layers() throws {
    let programme = try AllocationProgramme(
      yaml: """
        - { name: a, layer: { name: search, to: 40% }, holdout: { salt: "2026", share: 0.1 } }
        - { name: b, layer: { name: search, from: 0.4 } }
        """)
    for number in 0..<500 {
      let arms = try programme.experiments.map { try $0.policy.decide("u\(number)").arm }
      #expect(arms.contains(nil))
    }
    #expect {
      try AllocationProgramme(yaml: "- name: a\n  layer: { name: l }\n- name: b\n  layer: { name: l, from: 50% }\n")
    } throws: {
      "\($0)" == "-:4:10: experiments[1]: the range of 'b' overlaps with that of 'a'."
    }
  }

  @Test("everything that is wrong is said at its place")
  func faults() {
    func sentence(_ yaml: String) -> String {
      do {
        _ = try AllocationProgramme(yaml: yaml, file: "e.yaml")
        return "no fault"
      } catch { return "\(error)" }
    }
    #expect(
      sentence("experiments:\n  - { name: a, weights: { x: 1, y: -1 } }\n  - { name: b, scheme: growthbok/2 }\n")
        .hasPrefix(
          """
          e.yaml:2:25: experiments[0]: the weight of 'y' must be a number that is not negative, with at most 6 decimals; \
          found '-1'.
          e.yaml:3:24: experiments[1]: no scheme 'growthbok/2'. Did you mean 'growthbook/2'?
          """))
    #expect(
      sentence("- name: a\n- name: a\n") == "e.yaml:2:3: experiments: 'a' is there twice.")
    #expect(
      sentence("experiments: [{ name: a }]\ntransitions: [{ from: a, to: aa }]\n")
        == "e.yaml:2:30: transitions[0].to: 'aa' is not one of a. Did you mean 'a'?")
    #expect(
      sentence("{}\n") == "e.yaml:1:1: the spec needs the key 'experiments': a list of allocations, each with a name.")
  }
}
