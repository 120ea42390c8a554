import Allocation

/// All pairs of experiments as SVG: the shade is |phi|, a mark says that the pair is dependent.
struct DependenceMatrix {
  let audit: AllocationAudit
  let format: NumberFormat

  private var isDense: Bool { audit.experiments.count > 24 }
  private var cell: Double { isDense ? 12 : 44 }
  private let left = 170.0
  private let top = 26.0

  var markup: Markup {
    let count = Double(audit.experiments.count)
    let (width, height) = (left + cell * count, top + cell * count)
    var places: [String: Int] = [:]
    for (index, experiment) in audit.experiments.enumerated() { places[experiment.name] = index }
    var shapes: [Markup] = []
    for (index, experiment) in audit.experiments.enumerated() {
      let middle = top + cell * (Double(index) + 0.5) + 4
      if !isDense || index % 5 == 0 {
        shapes.append(SVG.text("\(index + 1)", SVG.length(left + cell * (Double(index) + 0.5)), "16", anchor: "middle"))
        shapes.append(SVG.text("\(index + 1) \(shortened(experiment.name))", "0", SVG.length(middle), "label"))
      }
    }
    for pair in audit.pairs {
      guard let row = places[pair.second], let column = places[pair.first] else { continue }
      shapes.append(shape(pair, row, column))
    }
    let title = "Dependence of experiments, |phi| of each pair"
    let picture = SVG.picture(
      width: SVG.length(width), height: height, viewBox: "0 0 \(SVG.length(width)) \(SVG.length(height))", title: title,
      class: "heat", shapes)
    return .tag("div", ["class": "scroll", "role": "region", "aria-label": title, "tabindex": "0"], picture)
  }

  private func shortened(_ name: String) -> String { name.count > 20 ? name.prefix(19) + "…" : name }

  private func shape(_ pair: AllocationAudit.Pair, _ row: Int, _ column: Int) -> Markup {
    let size = min(abs(pair.phi), 1)
    let shade = 0.04 + 0.9 * size.squareRoot()
    let (x, y) = (left + cell * Double(column), top + cell * Double(row))
    let isDependent = pair.adjustedPValue < audit.alpha
    let title =
      "\(pair.first) and \(pair.second): phi \(format.number(pair.phi, digits: 3, signed: true)), "
      + "p by Holm \(format.pValue(pair.adjustedPValue))\(isDependent ? ", dependent" : "")"
    let box = Markup.tag(
      "rect",
      [
        "x": SVG.length(x + 1), "y": SVG.length(y + 1), "width": SVG.length(cell - 2), "height": SVG.length(cell - 2),
        "rx": "3", "fill-opacity": SVG.length(shade),
      ])
    let name = "cell" + (shade > 0.85 ? " on-light" : "") + (shade > 0.59 ? " on-dark" : "")
    let mark =
      isDense || !isDependent
      ? Markup.list([])
      : SVG.text(
        format.number(size, digits: 2), SVG.length(x + cell / 2), SVG.length(y + cell / 2 + 4), anchor: "middle", name)
    return .tag("g", [:], .tag("title", [:], .text(title)), box, mark)
  }
}
