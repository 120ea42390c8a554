/// Lines with round corners as SVG path data.
enum PathText {
  /// With at most two decimal places.
  static func number(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    guard abs(hundredths) < 1e15 else { return "0" }
    let (whole, rest) = Int(hundredths.magnitude).quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// A line through the points; its end leaves room for an arrowhead.
  static func open(_ points: [Point], radius: Double, shortenedBy gap: Double) -> String {
    guard let first = points.first, var end = points.last, points.count > 1 else { return "" }
    let before = points[points.count - 2]
    let length = distance(before, end)
    if length > gap { end = along(end, before, gap) }
    var path = "M\(pair(first))"
    for index in 1..<(points.count - 1) {
      path += corner(points[index - 1], points[index], index + 2 == points.count ? end : points[index + 1], radius)
    }
    return path + "L\(pair(end))"
  }

  static func closed(_ points: [Point], radius: Double) -> String {
    let count = points.count
    let corners = points.indices.map {
      corner(points[($0 + count - 1) % count], points[$0], points[($0 + 1) % count], radius)
    }
    let path = corners.joined()
    return "M" + path.dropFirst() + "Z"
  }

  /// A filled triangle that ends at the last point.
  static func arrow(_ points: [Point]) -> String {
    guard let tip = points.last, points.count > 1 else { return "" }
    let before = points[points.count - 2]
    let length = max(distance(before, tip), 1e-9)
    let (dx, dy) = ((tip.x - before.x) / length, (tip.y - before.y) / length)
    let base = Point(x: tip.x - 8 * dx, y: tip.y - 8 * dy)
    let left = Point(x: base.x - 4 * dy, y: base.y + 4 * dx)
    let right = Point(x: base.x + 4 * dy, y: base.y - 4 * dx)
    return "M\(pair(tip))L\(pair(left))L\(pair(right))Z"
  }

  private static func corner(_ a: Point, _ b: Point, _ c: Point, _ radius: Double) -> String {
    let size = min(radius, distance(a, b) / 2, distance(b, c) / 2)
    return "L\(pair(along(b, a, size)))Q\(pair(b)) \(pair(along(b, c, size)))"
  }

  private static func along(_ from: Point, _ to: Point, _ length: Double) -> Point {
    let whole = distance(from, to)
    guard whole > 0 else { return from }
    return Point(x: from.x + (to.x - from.x) * length / whole, y: from.y + (to.y - from.y) * length / whole)
  }

  private static func distance(_ a: Point, _ b: Point) -> Double {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
  }

  private static func pair(_ point: Point) -> String { "\(number(point.x)) \(number(point.y))" }
}
