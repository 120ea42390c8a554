import Basics
import Testing

@Suite struct NearestNameTests {
  @Test(
    arguments: [
      ("varient", ["variant", "user_id"], "variant"),
      ("user_ids", ["variant", "user_id"], "user_id"),
      ("reveune", ["revenue", "orders"], "revenue"),
      ("Variant", ["variant"], "variant"),
    ] as [(String, [String], String)])
  func found(_ name: String, _ candidates: [String], _ expected: String) {
    #expect(nearestName(to: name, among: candidates) == expected)
  }

  @Test func nothingNear() {
    #expect(nearestName(to: "country", among: ["variant", "user_id"]) == nil)
    #expect(nearestName(to: "x", among: []) == nil)
    #expect(nearestName(to: "", among: ["revenue"]) == nil)
  }
}
