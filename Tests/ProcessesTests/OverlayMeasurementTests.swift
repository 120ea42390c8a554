import Processes
import Tables
import Testing
import Workflow

/// A measured log on its model's picture: by hand, three cases through one decision.
@Suite struct OverlayMeasurementTests {
  private static let text = """
    L { # L
    n1: circle label:"Start"
    n2: rectangle label:"Ask"
    n3: diamond label:"Good?"
    n4: circle label:"Yes indeed"
    n5: circle label:"Refused"
    n1.handle(right) -> n2.handle(left)
    n2.handle(right) -> n3.handle(left)
    n3.handle(right) -> n4.handle(left) [label="Yes"] [metric=good role=primary]
    n3.handle(bottom) -> n5.handle(left) [label="No"]
    }
    """

  private func measured(_ csv: String) throws -> (Model, FlowMeasurement) {
    let model = try #require(Notation.parse(Self.text).model)
    let log = try EventLogReader(MeasurePlan()).read(
      TableSource(files: [TableFile(name: "log.csv", bytes: Array(csv.utf8))]))
    return (model, try FlowMeasurer(model).outcome(log).measurement)
  }

  @Test func countsAndTimes() throws {
    let (model, found) = try measured(
      """
      case_id,event,timestamp
      a,start,2026-01-01T00:00:00Z
      a,ask,2026-01-01T01:00:00Z
      a,yes_indeed,2026-01-01T03:00:00Z
      b,start,2026-01-01T00:00:00Z
      b,ask,2026-01-01T01:00:00Z
      b,refused,2026-01-01T03:00:00Z
      c,start,2026-01-01T00:00:00Z
      c,ask,2026-01-01T01:00:00Z

      """)
    let counts = Overlay(found, of: model)
    #expect(counts.nodes["n1"]?.lines == ["3"] && counts.nodes["n1"]?.weight == 1)
    #expect(counts.nodes["n4"]?.lines == ["1"])
    #expect(counts.edges[2]?.lines == ["1 · 50 %"])
    #expect(
      counts.caption == "3 cases, 1 of them open. Nodes: visits, cases that came again. "
        + "Edges: passes, share of the visits that went on.")
    let times = Overlay(found, of: model, showing: .times)
    // Two of three went on after 2 h, the third is censored then: the median is reached, the 95 % quantile is not.
    #expect(times.nodes["n1"]?.lines == ["60 min · p95 60 min"] && times.nodes["n2"]?.lines == ["2 h"])
    #expect(times.nodes["n4"] == nil && times.edges.isEmpty)
    // Without variants there is nothing to compare.
    #expect(Overlay(found, of: model, showing: .variants) == Overlay())
  }

  /// 1,000 cases a variant: 50 % against 60 % say Yes, which the model calls better.
  @Test func variants() throws {
    var csv = "case_id,event,timestamp,variant\n"
    for (variant, yes) in [("a", 500), ("b", 600)] {
      for number in 0..<1_000 {
        let id = "\(variant)\(number)"
        csv += "\(id),start,2026-01-01T00:00:00Z,\(variant)\n\(id),ask,2026-01-01T01:00:00Z,\(variant)\n"
        csv += "\(id),\(number < yes ? "yes_indeed" : "refused"),2026-01-01T02:00:00Z,\(variant)\n"
      }
    }
    let (model, found) = try measured(csv)
    let overlay = Overlay(found, of: model, showing: .variants)
    let mark = try #require(overlay.edges[2])
    #expect(mark.lines.first == "a 50 % · b 60 %" && mark.tone == .better)
    // By hand: sqrt(.25/1000 + .24/1000) = 0.022136, so 10 ± 4.34 points.
    #expect(mark.lines.last == "+10 [5.7, 14.3] pp")
    #expect(overlay.caption?.hasSuffix("all branches together p < 0.001.") == true)
  }
}
