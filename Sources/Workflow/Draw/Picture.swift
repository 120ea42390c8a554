package struct Point: Sendable, Hashable {
  package var x, y: Double

  package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

package struct Box: Sendable, Hashable {
  package var x, y, width, height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  package var right: Double { x + width }
  package var bottom: Double { y + height }
  package var middle: Point { Point(x: x + width / 2, y: y + height / 2) }
}

/// A model laid out: everything has its place, nothing is drawn yet. Pixels from the top left corner.
package struct Picture: Sendable {
  package struct LaneBand: Sendable {
    package let lane: Lane
    package let box: Box
    package let lines: [String]
  }
  package struct PlacedNode: Sendable {
    package let node: Node
    package let face: Face
    package let box: Box
  }
  package struct PlacedEdge: Sendable {
    package let edge: Edge
    /// The index of the edge in the model.
    package let index: Int
    /// Corners from the outline of the source to that of the target; pieces alternate between horizontal and vertical.
    package let points: [Point]
    package let text: EdgeText?
    package let labelBox: Box?
    /// Whether the edge leads back in the order of the model.
    package let isBack: Bool
  }

  package let width, height: Double
  package let headerWidth: Double
  package let title: String?
  package let caption: String?
  package let lanes: [LaneBand]
  package let nodes: [PlacedNode]
  package let edges: [PlacedEdge]
}
