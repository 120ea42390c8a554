/// The plane cut into bands: columns of nodes with channels between them, rows of nodes with channels above and below each.
///
/// Vertical bands: even ones are channels, odd ones are columns. Horizontal bands: each lane begins and ends with a channel, so
/// that between two lanes there are two. Edges run in channels, and through the cells of columns and rows that no node stands in.
struct RoutingGrid {
  /// A place where a vertical and a horizontal band meet.
  struct Place: Hashable {
    var v, h: Int
  }

  let verticalCount: Int
  let horizontalCount: Int
  /// Whether a horizontal band holds a row of nodes.
  let isRow: [Bool]
  /// The lane of each horizontal band.
  let laneOfBand: [Int]
  /// Where each node stands.
  let nodes: [Place]
  private(set) var isBlocked: [Bool]

  init(columns: [Int], rows: [Int], rowCounts: [Int]) {
    verticalCount = 2 * ((columns.max() ?? 0) + 1) + 1
    var isRow: [Bool] = []
    var laneOfBand: [Int] = []
    var bandOfRow: [Int] = []
    for (lane, count) in rowCounts.enumerated() {
      for _ in 0..<count {
        bandOfRow.append(isRow.count + 1)
        isRow += [false, true]
        laneOfBand += [lane, lane]
      }
      isRow.append(false)
      laneOfBand.append(lane)
    }
    horizontalCount = isRow.count
    (self.isRow, self.laneOfBand) = (isRow, laneOfBand)
    nodes = zip(columns, rows).map { Place(v: 2 * $0 + 1, h: bandOfRow[$1]) }
    isBlocked = [Bool](repeating: false, count: verticalCount * horizontalCount)
    for node in nodes { isBlocked[index(node)] = true }
  }

  func index(_ place: Place) -> Int { place.h * verticalCount + place.v }
  func isColumn(_ v: Int) -> Bool { !v.isMultiple(of: 2) }
  func contains(_ place: Place) -> Bool {
    place.v >= 0 && place.v < verticalCount && place.h >= 0 && place.h < horizontalCount
  }

  /// Whether the segments of a band leave from nodes or pass their cells, and so lie at an offset from the band's middle.
  func holdsNodes(_ axis: Axis, _ band: Int) -> Bool { axis == .horizontal ? isRow[band] : isColumn(band) }

  /// The place into which an edge steps from a side of a node.
  func step(from node: Int, _ side: Side) -> Place {
    let place = nodes[node]
    return switch side {
    case .left: Place(v: place.v - 1, h: place.h)
    case .right: Place(v: place.v + 1, h: place.h)
    case .top: Place(v: place.v, h: place.h - 1)
    case .bottom: Place(v: place.v, h: place.h + 1)
    }
  }
}

enum Axis { case horizontal, vertical }

enum Heading: Int, CaseIterable {
  case right, down, left, up

  init(leaving side: Side) {
    self =
      switch side {
      case .left: .left
      case .right: .right
      case .top: .up
      case .bottom: .down
      }
  }

  var opposite: Heading {
    switch self {
    case .right: .left
    case .down: .up
    case .left: .right
    case .up: .down
    }
  }
  var axis: Axis { self == .left || self == .right ? .horizontal : .vertical }
  var dv: Int { self == .right ? 1 : self == .left ? -1 : 0 }
  var dh: Int { self == .down ? 1 : self == .up ? -1 : 0 }
  var turns: [Heading] { axis == .horizontal ? [.up, .down] : [.left, .right] }
}
