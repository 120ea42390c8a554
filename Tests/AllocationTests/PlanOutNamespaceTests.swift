import Allocation
import Testing

@Suite struct PlanOutNamespaceTests {
  @Test("experiments never overlap, and a segment given back is free again")
  func disjoint() throws {
    var namespace = try PlanOutNamespace(name: "ns", segments: 100)
    let a = try namespace.add("a", segments: 40)
    let b = try namespace.add("b", segments: 60)
    #expect(Set(a).isDisjoint(with: b) && Set(a + b) == Set(0..<100))
    namespace.remove("a")
    #expect(try Set(namespace.add("c", segments: 40)) == Set(a))
    #expect((0..<1000).allSatisfy { namespace.experiment(of: "user-\($0)") != "a" })
  }

  @Test("a namespace that is full says so")
  func overSubscribed() throws {
    var namespace = try PlanOutNamespace(name: "ns", segments: 10)
    try namespace.add("a", segments: 8)
    #expect(throws: AllocationFault(.overSubscribed(name: "ns", wanted: 3, free: 2))) {
      try namespace.add("b", segments: 3)
    }
    #expect(
      AllocationFault(.overSubscribed(name: "ns", wanted: 3, free: 2)).sentence
        == "'ns' has 2 of its segments free, 3 are asked for.")
  }
}
