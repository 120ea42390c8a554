import Foundation
import Testing
import Workflow

/// The sentences are the contract; the numbers in them are made up.
@Suite struct OverlayTests {
  @Test func countsAreGroupedAndHaveTheirShare() {
    #expect(Overlay.Mark.count(1204, of: 1942).lines == ["1,204 · 62 %"])
    #expect(Overlay.Mark.count(1_234_567, of: 0).lines == ["1,234,567"])
    #expect(Overlay.Mark.count(1, of: 3).weight == 1.0 / 3.0)
  }

  @Test func timesHaveAFittingUnit() {
    #expect(Overlay.Mark.time(median: 9_000, upper: 32_400).lines == ["2.5 h · p95 9 h"])
    #expect(Overlay.Mark.time(median: 0.12).lines == ["120 ms"])
    #expect(Overlay.Mark.time(median: 86_400 * 14).lines == ["14 d"])
    #expect(Overlay.Mark.time(median: .nan).lines == ["–"])
  }

  @Test func twoVariantsWithTheirInterval() {
    let better = Overlay.Mark.rates(
      0.61, 0.642, difference: 0.032, lower: 0.011, upper: 0.053, increaseIsBetter: true)
    #expect(better.lines == ["A 61 % · B 64.2 %", "+3.2 [1.1, 5.3] pp"])
    #expect(better.tone == .better)
    let open = Overlay.Mark.rates(0.61, 0.6, difference: -0.01, lower: -0.03, upper: 0.01, increaseIsBetter: true)
    #expect(open.lines[1] == "−1 [−3, 1] pp")
    #expect(open.tone == .plain)
  }

  @Test func whatTheModelHasNotIsIgnored() throws {
    let model = try #require(BuiltInModels.model(named: "oauth"))
    let overlay = Overlay(nodes: ["nobody": .count(1, of: 2)], edges: [999: .count(1, of: 2)])
    #expect(model.svg(.init(overlay: overlay)) == model.svg())
  }

  /// A run of three steps by hand: n1 and n2 done, n3 waits for legal.
  @Test func aRunsPosition() throws {
    let text = """
      L { # L
      n1: circle label:"Start"
      n2: rectangle label:"Draft"
      n3: rectangle label:"Review" [human=legal]
      n4: circle label:"End"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      n3.handle(right) -> n4.handle(left)
      }
      """
    let folder = FileManager.default.temporaryDirectory.appending(path: "overlay-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let run = try WorkflowRun.create(id: "r-1", directory: folder.path, model: text)
    let status = try run.advance(library: StepLibrary())
    let overlay = Overlay(run: run.history, status: status, of: run.model)
    #expect(overlay.nodes["n1"]?.tone == .visited)
    #expect(overlay.nodes["n2"]?.tone == .visited)
    #expect(overlay.nodes["n3"] == Overlay.Mark(["for legal"], tone: .waiting))
    #expect(overlay.nodes["n4"] == nil)
    #expect(Set(overlay.edges.keys) == [0, 1])
    #expect(overlay.caption == "Waiting at Review for legal.")
    #expect(GeometryRules(run.model.picture(overlay: overlay)).reports() == [])
  }
}
