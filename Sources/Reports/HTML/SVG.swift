import Foundation

/// Shapes as markup. Lengths are in pixels, or in percent of the picture's width or height (`50%`): drawings made of
/// percentages fit a phone and a desktop with text of the same size.
package enum SVG {
  /// A picture with a name that a screen reader says and a pointer shows.
  ///
  /// - Parameters:
  ///   - width: of the element, `100%` or pixels.
  ///   - viewBox: none: user units are pixels and percentages follow the element's size.
  package static func picture(
    width: String = "100%", height: Double, viewBox: String? = nil, title: String, class name: String = "",
    _ children: [Markup]
  ) -> Markup {
    var attributes = [
      ("xmlns", "http://www.w3.org/2000/svg"), ("role", "img"), ("aria-label", title), ("width", width),
      ("height", length(height)),
    ]
    if let viewBox { attributes.append(("viewBox", viewBox)) }
    if !name.isEmpty { attributes.append(("class", name)) }
    return .element("svg", attributes.map { (name: $0.0, value: $0.1) }, [.tag("title", [:], .text(title))] + children)
  }

  /// A part whose own coordinates, 0...100 both ways, are stretched over a rectangle; strokes keep their width.
  package static func stretched(x: String, y: String, width: String, height: String, _ children: [Markup]) -> Markup {
    .element(
      "svg",
      [
        ("x", x), ("y", y), ("width", width), ("height", height), ("viewBox", "0 0 100 100"),
        ("preserveAspectRatio", "none"), ("overflow", "visible"),
      ], children)
  }

  package static func line(_ x1: String, _ y1: String, _ x2: String, _ y2: String, _ name: String) -> Markup {
    .tag("line", ["x1": x1, "y1": y1, "x2": x2, "y2": y2, "class": name])
  }

  package static func circle(_ x: String, _ y: String, radius: Double, _ name: String, title: String? = nil) -> Markup {
    let children = title.map { [Markup.tag("title", [:], .text($0))] } ?? []
    return .element("circle", [("cx", x), ("cy", y), ("r", length(radius)), ("class", name)], children)
  }

  package static func text(
    _ text: String, _ x: String, _ y: String, anchor: String = "start", _ name: String = ""
  ) -> Markup {
    .tag("text", ["x": x, "y": y, "text-anchor": anchor, "class": name], .text(text))
  }

  package static func path(_ commands: String, _ name: String) -> Markup {
    .tag("path", ["d": commands, "class": name, "vector-effect": "non-scaling-stroke"])
  }

  /// At most two decimals; what is not finite is 0.
  package static func length(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let hundredths = (value * 100).rounded()
    let whole = Int(hundredths)
    return whole % 100 == 0 ? "\(whole / 100)" : "\(hundredths / 100)"
  }

  package static func percent(_ fraction: Double) -> String { length(fraction * 100) + "%" }
}
