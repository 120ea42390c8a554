import Basics
import Foundation
import TestSupport
import Testing
import Workflow

/// The text from which the project began: prose, one model without a gap before the prose behind it, more prose.
@Suite struct SeedTextTests {
  static func seed() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Repository.root.appending(path: "Tests/WorkflowTests/Fixtures/workflows.txt")))
  }

  @Test func isReadExactlyAsItIs() throws {
    let found = Notation.extract(try Self.seed(), file: "workflows.txt")
    #expect(!found.diagnostics.hasErrors)
    let model = try #require(found.models.first)
    #expect(found.models.count == 1)
    #expect(model.lanes.map(\.name) == ["User", "ClientApp", "AuthServer"])
    #expect(model.lanes.map(\.displayName) == ["User", "Client App", "Auth Server"])
    #expect(model.nodes.count == 18)
    #expect(model.edges.count == 19)
    // Three lines before the model, the text behind its last brace, and five lines after it.
    #expect(found.prose.count == 9)
    #expect(model.description?.hasPrefix("OAuth 2.0 authorization code flow") == true)
  }

  @Test func theBuiltInModelIsTheSeeds() throws {
    let found = Notation.extract(try Self.seed(), file: "workflows.txt")
    var seed = try #require(found.models.first)
    seed.description = nil
    #expect(BuiltInModels.model(named: "oauth") == seed)
  }

  /// The findings were derived by hand from the text (a breadth-first search on paper).
  @Test func theCheckFindsItsDefects() throws {
    let report = try #require(BuiltInModels.model(named: "oauth")).check(suggestingRepairs: true)
    #expect(!report.sound)
    let findings = Dictionary(grouping: report.findings, by: \.code)
    #expect(findings[.secondSource]?.first?.nodes == ["n14"])
    #expect(findings[.endUnreachable]?.first?.nodes == ["n5"])
    #expect(Set(findings[.trap]?.first?.nodes ?? []) == ["n3", "n12", "n13"])
    #expect(
      Set(findings[.unreachable]?.first?.nodes ?? [])
        == ["n4", "n5", "n9", "n10", "n11", "n14", "n15", "n16", "n17", "n18"])
    // Of all 19 x 17 retargetings of one edge exactly one makes the model sound.
    #expect(
      report.repairs.map { [$0.edge.source.node, $0.edge.target.node, $0.newTarget] } == [["n12", "n13", "n14"]])
  }

  @Test("the other models are sound", arguments: BuiltInModels.names.filter { $0 != "oauth" })
  func builtInModels(_ name: String) throws {
    let report = try #require(BuiltInModels.model(named: name)).check()
    #expect(report.sound && !report.hasErrors)
  }

  @Test("formatting twice changes nothing more, and never the meaning", arguments: BuiltInModels.names)
  func formatting(_ name: String) throws {
    let text = try #require(BuiltInModels.text(named: name))
    let once = Notation.format(text)
    #expect(Notation.format(once) == once)
    #expect(Notation.parse(once).model == Notation.parse(text).model)
  }

  @Test func theSeedIsFormattedWithItsProse() throws {
    let seed = String(decoding: try Self.seed(), as: UTF8.self)
    let once = Notation.format(seed)
    #expect(Notation.format(once) == once)
    for line in ["Ab Test Setup Workflow", "A/B test setup workflow with hypothesis definition"] {
      #expect(once.contains(line))
    }
    #expect(Notation.extract(once).models == Notation.extract(seed).models)
  }
}

@Suite struct NotationFaultTests {
  @Test func severalErrorsAtOnceEachWithItsPlace() {
    let text = """
      Lane { # Lane
      n1: circle label:"Start"
      n2: rectangel label:"Task"
      n1.handle(right) -> n9.handle(left)
      n1.handle(up) -> n1.handle(left)
      """
    let errors = Notation.parse(text, file: "m.flow").diagnostics.filter { $0.severity == .error }
    #expect(errors.count >= 3)
    #expect(
      errors.allSatisfy { $0.position?.file == "m.flow" && $0.position?.line != nil && $0.position?.column != nil })
    #expect(errors.contains { $0.position?.line == 3 && $0.sentence.contains("rectangle") })
  }

  /// Random cuts, swaps and replacements of the models' own bytes: no trap, and formatting settles after one pass.
  @Test func damagedModelsNeverTrap() throws {
    var generator = SeededGenerator(seed: 7)
    let texts = BuiltInModels.names.compactMap { BuiltInModels.text(named: $0) }.map { Array($0.utf8) }
    let spice = Array("{}[]\"\\#:.->\n\r\t ()@=é".utf8)
    var budget = FuzzBudget(rounds: 2_000)
    while budget.goesOn() {
      var bytes = texts.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[at] = spice.randomElement(using: &generator) ?? 0
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &generator)))
        default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        }
      }
      let parsed = Notation.parse(bytes, file: "m.flow")
      _ = Notation.extract(bytes).models.map { $0.check() }
      if let model = parsed.model { _ = model.check(suggestingRepairs: true) }
      let once = Notation.format(bytes)
      #expect(Notation.format(once) == once)
    }
  }

  @Test func aModelOfAHundredThousandNodesIsCheckedInSeconds() {
    let count = 100_000
    var text = "L { # L\nn1: circle label:\"Start\"\n"
    for i in 2..<count { text += "n\(i): rectangle label:\"t\(i)\"\n" }
    text += "n\(count): circle label:\"End\"\n"
    for i in 1..<count { text += "n\(i).handle(right) -> n\(i + 1).handle(left)\n" }
    text += "}\n"
    let start = ContinuousClock.now
    let report = Notation.parse(text).model?.check(suggestingRepairs: true)
    #expect(report?.sound == true)
    // Linear work; the bound is 20 times what a slow machine takes.
    #expect(ContinuousClock.now - start < .seconds(60))
  }
}
