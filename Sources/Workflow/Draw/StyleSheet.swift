/// The picture's style sheet: one theme, or both with the reader's preference.
struct StyleSheet {
  let theme: DrawingOptions.Theme

  var text: String {
    let shared = """
      .flow text{font-family:\(TextMetrics.families);text-anchor:middle}
      .flow .title{font-size:18px;font-weight:600;text-anchor:start}
      .flow .caption{font-size:12px;text-anchor:start}
      .flow .laneName{font-size:\(PathText.number(Type.lane))px;font-weight:600}
      .flow .label{font-size:\(PathText.number(Type.label))px}
      .flow .detail{font-size:\(PathText.number(Type.detail))px}
      .flow .edgeLabel{font-size:\(PathText.number(Type.edge))px}
      .flow .edgeText text{text-anchor:inherit}
      .flow .shape{stroke-width:1.4}
      .flow .start .label,.flow .end .label{font-weight:600}
      .flow .line{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
      .flow .frame{fill:none;stroke-width:1}
      .flow .rule{fill:none;stroke-width:1}
      .flow .current .shape,.flow .waiting .shape,.flow .failed .shape{stroke-width:2.6}
      .flow .visited .line{stroke-width:2.4}
      """
    let colours =
      switch theme {
      case .light: Self.rules(.light)
      case .dark: Self.rules(.dark)
      case .auto: "\(Self.rules(.light))\n@media (prefers-color-scheme:dark){\n\(Self.rules(.dark))\n}"
      }
    return "<style>\n\(shared)\n\(colours)\n</style>"
  }

  private static func rules(_ p: Palette) -> String {
    """
    .flow .page{fill:\(p.page)}
    .flow .lane{fill:\(p.lane)}
    .flow .header{fill:\(p.header)}
    .flow .frame,.flow .rule{stroke:\(p.rule)}
    .flow .title,.flow .label,.flow .laneName{fill:\(p.ink)}
    .flow .caption,.flow .detail,.flow .edgeLabel{fill:\(p.quiet)}
    .flow .shape{fill:\(p.node);stroke:\(p.outline)}
    .flow .decision .shape{fill:\(p.decision);stroke:\(p.decisionOutline)}
    .flow .human .shape{fill:\(p.human);stroke:\(p.humanOutline)}
    .flow .person{fill:\(p.humanOutline)}
    .flow .start .shape{fill:\(p.start);stroke:\(p.better)}
    .flow .end .shape{fill:\(p.end);stroke:\(p.end)}
    .flow .end .label,.flow .end .detail{fill:\(p.endInk)}
    .flow .heat{fill:\(p.heat)}
    .flow .line{stroke:\(p.edge)}
    .flow .tip{fill:\(p.edge)}
    .flow .back .line{stroke:\(p.back)}
    .flow .back .tip{fill:\(p.back)}
    .flow .visited .shape{stroke:\(p.visitedOutline)}
    .flow .task.visited .shape{fill:\(p.visited)}
    .flow .visited .line{stroke:\(p.visitedOutline)}
    .flow .visited .tip{fill:\(p.visitedOutline)}
    .flow .current .shape{stroke:\(p.current)}
    .flow .current .detail{fill:\(p.current)}
    .flow .waiting .shape{stroke:\(p.waiting)}
    .flow .waiting .detail{fill:\(p.waiting)}
    .flow .failed .shape{stroke:\(p.failed)}
    .flow .failed .detail{fill:\(p.failed)}
    .flow .end.current .detail{fill:\(p.endInk)}
    .flow .better .detail{fill:\(p.better)}
    .flow .worse .detail{fill:\(p.worse)}
    """
  }
}
