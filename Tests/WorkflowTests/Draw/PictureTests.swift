import Foundation
import TestSupport
import Testing
import Workflow

@Suite struct PictureTests {
  @Test("the built-in models break no rule", arguments: BuiltInModels.names)
  func builtInModels(_ name: String) throws {
    let picture = try #require(BuiltInModels.model(named: name)).picture()
    #expect(GeometryRules(picture).reports() == [])
  }

  @Test("nor do they with numbers on every node and edge", arguments: BuiltInModels.names)
  func withOverlays(_ name: String) throws {
    let model = try #require(BuiltInModels.model(named: name))
    var overlay = Overlay(caption: "Variants A and B, 95 % intervals.")
    for node in model.nodes { overlay.nodes[node.id] = .time(median: 9000, upper: 90_000) }
    for index in model.edges.indices {
      overlay.edges[index] = .rates(0.61, 0.642, difference: 0.032, lower: 0.011, upper: 0.053, increaseIsBetter: true)
    }
    #expect(GeometryRules(model.picture(overlay: overlay)).reports() == [])
  }

  @Test("a thousand random models break none either", arguments: 0..<20)
  func randomModels(_ block: Int) {
    var random = RandomModels(seed: UInt64(block) &* 7919 &+ 1)
    for index in 0..<50 {
      let nodes = 1 + (index * 7) % 24
      let edges = index % 3 == 0 ? nodes * 2 : nodes + index % 5
      let model = random.model(lanes: 1 + index % 6, nodes: nodes, edges: edges, isOrderly: index.isMultiple(of: 2))
      let reports = GeometryRules(model.picture()).reports()
      #expect(reports == [], "block \(block), model \(index), \(nodes) nodes")
    }
  }
}

@Suite struct DrawingTests {
  @Test func theSameModelGivesTheSameBytes() throws {
    let model = try #require(BuiltInModels.model(named: "ab-test"))
    let text = try #require(BuiltInModels.text(named: "ab-test"))
    let again = try #require(Notation.parse(text).model)
    #expect(model.svg() == again.svg())
    // Not by the order of a dictionary: the same after 20 more runs of the layout, whose dictionaries are seeded anew.
    #expect((0..<20).allSatisfy { _ in model.svg() == again.svg() })
  }

  @Test func themes() throws {
    let model = try #require(BuiltInModels.model(named: "oauth"))
    let (light, dark, auto) = (
      model.svg(.init(theme: .light)), model.svg(.init(theme: .dark)), model.svg(.init(theme: .auto))
    )
    #expect(!light.contains("prefers-color-scheme") && !dark.contains("prefers-color-scheme"))
    #expect(auto.contains("@media (prefers-color-scheme:dark)"))
    #expect(light.contains("#ffffff") && !dark.contains(".flow .page{fill:#ffffff}"))
  }

  /// Every node says what it is and where it leads, for readers who do not see the picture.
  @Test func everyNodeHasATitleAndADescription() throws {
    let model = try #require(BuiltInModels.model(named: "account_deletion"))
    let svg = model.svg()
    #expect(svg.contains("role=\"graphics-document document\" aria-labelledby=\"flow-title flow-desc\""))
    for node in model.nodes { #expect(svg.contains("<title>\(node.label)</title>")) }
    #expect(svg.components(separatedBy: "role=\"graphics-symbol img\"").count - 1 == model.nodes.count)
    #expect(svg.contains("Decision n9, Account Service. Leads to Yes: "))
  }

  /// Hostile labels stay text: the document is well-formed, which Foundation's parser decides.
  @Test func labelsAreEscaped() throws {
    var model = Model(lanes: [Lane(name: "L", displayName: "a < b & \"c\"")])
    model.nodes = [
      Node(id: "n1", shape: .circle, label: "<script>&\u{1}]]>", lane: "L"),
      Node(id: "n2", shape: .diamond, label: "", lane: "L"),
      Node(id: "n3", shape: .circle, label: String(repeating: "W", count: 500), lane: "Elsewhere"),
    ]
    model.edges = [
      Edge(from: .init("n1", .left), to: .init("n1", .left), label: "'\u{0}\""),
      Edge(from: .init("n1", .right), to: .init("gone", .left)),
      Edge(from: .init("n2", .top), to: .init("n3", .bottom), label: "\n\n"),
    ]
    let svg = model.svg()
    #expect(!svg.contains("<script>"))
    #expect(!svg.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(
      svg.components(separatedBy: "<g ").count == svg.components(separatedBy: "</g>").count
        + svg.components(separatedBy: "<g>").count - 1)
    #expect(GeometryRules(model.picture()).reports() == [])
  }

  @Test func modelsWithoutNodesAreDrawnToo() {
    #expect(Model().svg().hasPrefix("<svg "))
    #expect(Model(lanes: [Lane(name: "Empty")]).svg().contains("Empty"))
  }

  /// 2,000 nodes as an author might write them, and as nobody would.
  @Test("a large model is drawn in time that grows little faster than its size", arguments: [true, false])
  func largeModels(isOrderly: Bool) {
    var random = RandomModels(seed: 3)
    let model = random.model(lanes: 8, nodes: 2_000, edges: 2_400, isOrderly: isOrderly)
    let start = ContinuousClock.now
    let picture = model.picture()
    #expect(picture.edges.count == 2_400)
    // A second or two in a release build; the bound is for debug builds on a busy machine.
    #expect(ContinuousClock.now - start < .seconds(120))
  }
}
