/// The colours of a picture, by role. Text on its ground has a contrast of at least 4.5 (WCAG 2.2, 1.4.3) in both.
struct Palette {
  let page, lane, header, rule, ink, quiet: String
  let node, outline, edge, back: String
  let decision, decisionOutline, human, humanOutline, start, end, endInk: String
  let better, worse, visited, visitedOutline, current, waiting, failed: String
  let heat: String

  static let light = Palette(
    page: "#ffffff", lane: "#fafbfc", header: "#f1f4f7", rule: "#d9dfe6", ink: "#1d2733", quiet: "#566475",
    node: "#ffffff", outline: "#9fb0c1", edge: "#64748b", back: "#96692b",
    decision: "#fff8e8", decisionOutline: "#d3a94a", human: "#f3f0ff", humanOutline: "#9d8fd6", start: "#dff3e7",
    end: "#26384c", endInk: "#ffffff",
    better: "#1a7f4b", worse: "#b3363c", visited: "#e8f1fc", visitedOutline: "#3f7fc4", current: "#2468b4",
    waiting: "#a86408", failed: "#b3363c", heat: "#4f8fd6")

  static let dark = Palette(
    page: "#0f141a", lane: "#141a22", header: "#1a222c", rule: "#2b3642", ink: "#e3e9f0", quiet: "#9dabba",
    node: "#1d2631", outline: "#526375", edge: "#8796a8", back: "#c79a55",
    decision: "#2c2719", decisionOutline: "#a58438", human: "#272240", humanOutline: "#7f71ba", start: "#17382a",
    end: "#cfdae6", endInk: "#121820",
    better: "#5cc48d", worse: "#ee8489", visited: "#18304b", visitedOutline: "#5b98da", current: "#6fb0f2",
    waiting: "#e0a34a", failed: "#ee8489", heat: "#5b98da")
}
