import Basics
import Experiments
import Statistics
import TestSupport
import Testing

/// Many segments: which are shown, which are put together, and what they are called.
@Suite struct SegmentTests {
  private static func measurements(_ sizes: [(value: String, units: Int)]) -> Measurements {
    func cell(_ segment: Segment?, _ units: Int) -> Measurements.Cell {
      let moments = Moments(count: units, mean: [Double(units)], crossProducts: [1])
      return Measurements.Cell(arm: "a", segment: segment, units: units, metrics: [.init(moments: moments)])
    }
    let cells =
      [cell(nil, sizes.reduce(0) { $0 + $1.units })]
      + sizes.map { cell(Segment(column: "c", value: $0.value), $0.units) }
    return Measurements(files: [], rows: 0, unreadableRows: 0, arms: [], cells: cells)
  }

  /// 24 segments of 1, 2, … 24 units: the four smallest are the rest, 1 + 2 + 3 + 4 units.
  @Test func theSmallestAreTheRest() throws {
    var measured = Self.measurements((1...24).map { ("v\($0)", $0) })
    #expect(measured.foldRareSegments(isClustered: false) == [])
    #expect(measured.cells.count == 22)
    #expect(measured.cells[1].segment?.value == "v24")
    let rest = try #require(measured.cells.last)
    #expect(rest.segment == Segment(restOf: "c", values: 4))
    #expect(rest.units == 10)
    // (1 + 4 + 9 + 16) / 10.
    expectClose(rest.metrics[0].moments.mean[0], 3, relative: 1e-14)
    let once = measured
    #expect(measured.foldRareSegments(isClustered: false) == [] && measured == once)
  }

  @Test func clustersAreNotPutTogether() {
    var measured = Self.measurements((1...24).map { ("v\($0)", $0) })
    #expect(measured.foldRareSegments(isClustered: true) == ["c"])
    #expect(measured.cells.count == 21)
    #expect(!measured.cells.contains { $0.segment?.rest != nil })
  }

  @Test func twentyAreShownAsTheyAre() {
    var measured = Self.measurements((1...20).map { ("v\($0)", $0) })
    #expect(measured.foldRareSegments(isClustered: false) == [])
    #expect(measured.cells.count == 21)
  }

  @Test func labels() {
    #expect(Segment(column: "c", value: "de").label == "de")
    #expect(Segment(column: "c", value: "").label == "(empty)")
    #expect(Segment(column: "c", value: "(other)").label == "'(other)'")
    #expect(Segment(restOf: "c", values: 1_200).label == "(other: 1,200 values)")
    #expect(Segment(restOf: "c", values: 2) != Segment(column: "c", value: "(other)"))
    #expect(Segment(column: "c", value: "\u{E9}") != Segment(column: "c", value: "e\u{301}"))
  }
}
