import Cohorts

/// The transitions of paths as a flow: places from left to right, steps as blocks, ribbons as wide as the units on them.
struct PathFlow {
  let paths: PathReport
  let view: CohortView

  private static let columnWidth = 190.0
  private static let blockWidth = 14.0
  private static let height = 320.0
  private static let gap = 10.0
  /// Below, for the label of a thin last block.
  private static let margin = 16.0

  private struct Block {
    var name: String
    var place: Int
    var units: Int
    var top = 0.0
    var size = 0.0
    /// Where the next ribbon leaves and arrives.
    var out = 0.0
    var into = 0.0
  }

  var markup: Markup {
    var blocks = blocks
    guard let columns = blocks.map(\.place).max(), columns > 1, let most = totals(blocks).max(), most > 0 else {
      return .list([])
    }
    let fullest = (1...columns).map { place in blocks.count { $0.place == place } }.max() ?? 1
    let scale = max(1, Self.height - Self.gap * Double(fullest)) / Double(most)
    place(&blocks, scale)
    var shapes = paths.transitions.compactMap { ribbon($0, &blocks, scale) }
    shapes += blocks.flatMap(shape)
    let width = Self.columnWidth * Double(columns - 1) + 170
    let picture = SVG.picture(
      width: SVG.length(width), height: Self.height + Self.margin,
      viewBox: "0 0 \(SVG.length(width)) \(SVG.length(Self.height + Self.margin))",
      title: "Which step follows which", class: "paths", shapes)
    return .tag(
      "div", ["class": "scroll", "role": "region", "aria-label": "Which step follows which", "tabindex": "0"], picture)
  }

  /// A step at a place, the most frequent first; what leaves it, or what comes to it at the last place.
  private var blocks: [Block] {
    var units: [Int: [String: Int]] = [:]
    var arriving: [Int: [String: Int]] = [:]
    for one in paths.transitions {
      units[one.place, default: [:]][one.from, default: 0] += one.units
      arriving[one.place + 1, default: [:]][one.to ?? Self.end, default: 0] += one.units
    }
    for (place, steps) in arriving {
      for (name, count) in steps { units[place, default: [:]][name] = max(units[place]?[name] ?? 0, count) }
    }
    return units.keys.sorted().flatMap { place in
      (units[place] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
        Block(name: $0.key, place: place, units: $0.value)
      }
    }
  }

  private static let end = "(nothing)"

  private func totals(_ blocks: [Block]) -> [Int] {
    Dictionary(grouping: blocks, by: \.place).values.map { $0.reduce(0) { $0 + $1.units } }
  }

  private func place(_ blocks: inout [Block], _ scale: Double) {
    var tops: [Int: Double] = [:]
    for index in blocks.indices {
      let top = tops[blocks[index].place] ?? 0
      blocks[index].top = top
      blocks[index].size = max(2, Double(blocks[index].units) * scale)
      (blocks[index].out, blocks[index].into) = (top, top)
      tops[blocks[index].place] = top + blocks[index].size + Self.gap
    }
  }

  private func ribbon(_ one: PathReport.Transition, _ blocks: inout [Block], _ scale: Double) -> Markup? {
    guard let from = blocks.firstIndex(where: { $0.place == one.place && $0.name == one.from }),
      let to = blocks.firstIndex(where: { $0.place == one.place + 1 && $0.name == one.to ?? Self.end })
    else { return nil }
    let width = Double(one.units) * scale
    let (x1, x2) = (x(one.place) + Self.blockWidth, x(one.place + 1))
    let (y1, y2) = (blocks[from].out + width / 2, blocks[to].into + width / 2)
    blocks[from].out += width
    blocks[to].into += width
    let bend = (x1 + x2) / 2
    let n = SVG.length
    return .tag(
      "path",
      [
        "d": "M \(n(x1)) \(n(y1)) C \(n(bend)) \(n(y1)) \(n(bend)) \(n(y2)) \(n(x2)) \(n(y2))",
        "class": one.to == nil ? "ribbon gone" : "ribbon", "stroke-width": n(max(width, 0.5)),
      ],
      .tag(
        "title", [:],
        .text(
          "\(one.from) → \(one.to ?? Self.end): \(view.format.count(one.units)) units, \(view.rate(one.share.estimate))"
        )))
  }

  private func x(_ place: Int) -> Double { Self.columnWidth * Double(place - 1) }

  private func shape(_ block: Block) -> [Markup] {
    let left = x(block.place)
    return [
      .tag(
        "rect",
        [
          "x": SVG.length(left), "y": SVG.length(block.top), "width": SVG.length(Self.blockWidth),
          "height": SVG.length(block.size), "rx": "3", "class": "bar",
        ],
        .tag("title", [:], .text("\(block.name): \(view.format.count(block.units)) units"))),
      SVG.text(
        "\(block.name.count > 16 ? block.name.prefix(15) + "…" : block.name) \(view.format.count(block.units))",
        SVG.length(left + Self.blockWidth + 5), SVG.length(block.top + max(11, block.size / 2 + 4)), "label"),
    ]
  }
}
