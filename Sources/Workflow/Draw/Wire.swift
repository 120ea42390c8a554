/// One straight piece of an edge, known by the band in which it runs.
///
/// The pieces of an edge follow each other in one array and alternate between horizontal and vertical.
struct Wire {
  let edge: Int
  let axis: Axis
  let band: Int
  /// The bands across in which it begins and ends, in the direction of the edge; a node's own if it begins or ends there.
  let from, to: Int
  let beginsAtNode, endsAtNode: Bool

  /// The bands across that it touches, without the nodes' own.
  var reach: ClosedRange<Int> {
    let step = (to - from).signum()
    let first = beginsAtNode ? from + step : from
    let last = endsAtNode ? to - step : to
    return min(first, last)...max(first, last)
  }
}

/// The routes of all edges.
struct Wiring {
  private(set) var wires: [Wire] = []
  /// The wires of each edge.
  private(set) var routes: [Range<Int>]

  init(edgeCount: Int) { routes = [Range<Int>](repeating: 0..<0, count: edgeCount) }

  /// Adds the route of an edge.
  ///
  /// - Parameter corners: where it begins (a node), turns and ends (a node); the first step is along `axis`, then axes alternate.
  mutating func add(edge: Int, corners: [RoutingGrid.Place], axis: Axis) {
    let first = wires.count
    var axis = axis
    for (index, (a, b)) in zip(corners, corners.dropFirst()).enumerated() {
      let isHorizontal = axis == .horizontal
      wires.append(
        Wire(
          edge: edge, axis: axis, band: isHorizontal ? a.h : a.v, from: isHorizontal ? a.v : a.h,
          to: isHorizontal ? b.v : b.h, beginsAtNode: index == 0, endsAtNode: index == corners.count - 2))
      axis = isHorizontal ? .vertical : .horizontal
    }
    routes[edge] = first..<wires.count
  }

  /// The wire before in the same edge, if there is one.
  func before(_ wire: Int) -> Int? { wires[wire].beginsAtNode ? nil : wire - 1 }
  func after(_ wire: Int) -> Int? { wires[wire].endsAtNode ? nil : wire + 1 }

  /// The wires of an axis, grouped by band.
  func inBands(_ axis: Axis, count: Int) -> [[Int]] {
    var bands = [[Int]](repeating: [], count: count)
    for (index, wire) in wires.enumerated() where wire.axis == axis { bands[wire.band].append(index) }
    return bands
  }
}
