import Basics
import TestSupport
import Testing
import Workflow

@Suite struct ModelDiffTests {
  static let base = """
    @workflow id=shop version=1
    Shop { # Shop
    n1: circle label:"Start"
    n2: rectangle label:"Check order" [duration=exp(2h)]
    n3: diamond label:"Paid?"
    n4: circle label:"Shipped"
    n5: circle label:"Cancelled"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left) [label="Yes"] [p=0.9]
    n3.handle(bottom) -> n5.handle(top) [label="No"]
    }

    """

  private static func model(_ text: String) throws -> Model { try #require(Notation.parse(text).model) }

  private static func changes(_ right: String, _ left: String) throws -> [String] {
    let edited = base.replacing(right, with: left)
    #expect(edited != base)
    return ModelDiff(from: try model(base), to: try model(edited)).changes.map(\.text)
  }

  @Test("a model does not differ from itself", arguments: BuiltInModels.names)
  func same(_ name: String) throws {
    let model = try #require(BuiltInModels.model(named: name))
    let diff = ModelDiff(from: model, to: model)
    #expect(diff.isEmpty && diff.renumbered.isEmpty)
    #expect(diff.text == "the models mean the same\n")
  }

  @Test func whatChangedIsNamed() throws {
    #expect(
      try Self.changes("Check order", "Check the order") == ["~ node n2 label: \"Check order\" -> \"Check the order\""])
    #expect(try Self.changes("[duration=exp(2h)]", "[duration=exp(3h)]") == ["~ node n2 duration: exp(2h) -> exp(3h)"])
    #expect(try Self.changes(" [p=0.9]", "") == ["~ edge n3 -> n4 p: 0.9 -> none"])
    #expect(
      try Self.changes("[label=\"No\"]", "[label=\"No - Late\"]") == ["~ edge n3 -> n5 label: \"No\" -> \"No - Late\""])
    #expect(try Self.changes("n5.handle(top)", "n5.handle(left)") == ["~ edge n3 -> n5 side in: \"top\" -> \"left\""])
    #expect(try Self.changes("n2: rectangle", "n2: taskbox") == ["~ node n2 shape: \"rectangle\" -> \"taskbox\""])
    #expect(try Self.changes("version=1", "version=2") == ["~ model @workflow version: 1 -> 2"])
    #expect(try Self.changes("-> n5.handle(top)", "-> n2.handle(top)") == ["> edge n3 -> n2 target: n5 -> n2"])
  }

  @Test func layoutIsNoDifference() throws {
    let loose = Self.base.replacing(" -> ", with: "   ->  ").replacing("n3: diamond", with: "# note\n  n3 : diamond")
    #expect(ModelDiff(from: try Self.model(Self.base), to: try Self.model(loose)).isEmpty)
  }

  @Test func addedAndRemoved() throws {
    let longer = Self.base.replacing(
      "}\n", with: "n6: circle label:\"Lost\"\nn3.handle(top) -> n6.handle(left) [label=\"Gone\"]\n}\n")
    let (old, new) = (try Self.model(Self.base), try Self.model(longer))
    #expect(
      ModelDiff(from: old, to: new).changes.map(\.text) == [
        "+ node n6: circle \"Lost\" in Shop", "+ edge n3 -> n6: \"Gone\"",
      ])
    #expect(
      ModelDiff(from: new, to: old).changes.map(\.text) == [
        "- node n6: circle \"Lost\" in Shop", "- edge n3 -> n6: \"Gone\"",
      ])
  }

  /// A step put in front shifts all numbers behind it: that is one node and its edge, not a rewrite.
  @Test func anInsertedStepIsOneChange() throws {
    let shifted = """
      @workflow id=shop version=1
      Shop { # Shop
      n1: circle label:"Start"
      n2: rectangle label:"Log order"
      n3: rectangle label:"Check order" [duration=exp(2h)]
      n4: diamond label:"Paid?"
      n5: circle label:"Shipped"
      n6: circle label:"Cancelled"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      n3.handle(right) -> n4.handle(left)
      n4.handle(right) -> n5.handle(left) [label="Yes"] [p=0.9]
      n4.handle(bottom) -> n6.handle(top) [label="No"]
      }

      """
    let diff = ModelDiff(from: try Self.model(Self.base), to: try Self.model(shifted))
    #expect(
      diff.changes.map(\.text) == [
        "+ node n2: rectangle \"Log order\" in Shop", "> edge n1 -> n2 target: n3 -> n2", "+ edge n2 -> n3",
      ])
    #expect(diff.renumbered.map { [$0.old, $0.new] } == [["n2", "n3"], ["n3", "n4"], ["n4", "n5"], ["n5", "n6"]])
  }

  @Test func movedToAnotherLane() throws {
    let moved =
      Self.base.replacing("n4: circle label:\"Shipped\"\n", with: "").replacing("-> n4", with: "-> Depot.n4")
      + "Depot { # Depot\nn4: circle label:\"Shipped\"\n}\n"
    let diff = ModelDiff(from: try Self.model(Self.base), to: try Self.model(moved))
    #expect(diff.changes.map(\.text) == ["+ lane Depot: \"Depot\"", "> node n4 lane: Shop -> Depot"])
  }

  @Test func theRepairOfOAuthIsItsTwoEdges() throws {
    var (old, new) = (
      try #require(BuiltInModels.model(named: "oauth")), try #require(BuiltInModels.model(named: "oauth_fixed"))
    )
    for index in new.nodes.indices { new.nodes[index].attributes = [] }
    for index in new.edges.indices { new.edges[index].attributes = [] }
    (old.description, new.description) = (nil, nil)
    #expect(
      ModelDiff(from: old, to: new).changes.map(\.text) == [
        "> edge n3 -> n14 target: n12 -> n14", "> edge n8 -> n12 target: n13 -> n12",
      ])
  }

  /// Labels are distinct there, so a shuffled numbering must be seen through whole.
  @Test("another numbering is no change", arguments: BuiltInModels.names)
  func renumbered(_ name: String) throws {
    var generator = SeededGenerator(seed: 5)
    let old = try #require(BuiltInModels.model(named: name))
    let ids = old.nodes.map(\.id)
    let map = Dictionary(uniqueKeysWithValues: zip(ids, ids.shuffled(using: &generator)))
    var new = old
    for index in new.nodes.indices { new.nodes[index].id = map[new.nodes[index].id] ?? "" }
    for index in new.edges.indices {
      new.edges[index].source.node = map[new.edges[index].source.node] ?? ""
      new.edges[index].target.node = map[new.edges[index].target.node] ?? ""
    }
    new.nodes.shuffle(using: &generator)
    new.edges.shuffle(using: &generator)
    let diff = ModelDiff(from: old, to: new)
    #expect(diff.changes.map(\.text) == [])
    #expect(diff.renumbered.allSatisfy { map[$0.old] == $0.new })
    #expect(diff.renumbered.count == map.count { $0.key != $0.value })
  }

  @Test func asJSON() throws {
    let edited = Self.base.replacing("Check order", with: "Check the order")
    let json = ModelDiff(from: try Self.model(Self.base), to: try Self.model(edited)).json
    #expect(json["schema"]?.string == "verdict.flow-diff/1")
    #expect(json["same"] == .bool(false))
    #expect(json["changes"]?.array?.first?["field"]?.string == "label")
  }
}
