import Basics
import Experiments

extension Report {
  /// The design in the form asked for; text ends with a newline.
  public static func render(
    _ value: DesignResult, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table: table(value, width: options.width, color: options.color, unicode: options.unicode)
    case .json: json(value)
    case .csv: csv(value)
    case .markdown: markdown(value)
    case .html: html(value)
    }
  }

  /// `verdict.design/1`, full precision; what does not apply is null.
  public static func json(_ result: DesignResult) -> String {
    guard let value = try? JSONValue(encoding: result) else { return "null\n" }
    return value.text(pretty: true)
  }

  /// One row a day of the schedule, or one row where there is none; full precision.
  public static func csv(_ result: DesignResult) -> String {
    var csv = CSVText(header: [
      "metric", "kind", "hypothesis", "margin", "test", "alpha", "baseline", "standard_deviation", "days", "units",
      "effect", "lift", "power", "solved",
    ])
    func add(days: Double?, units: Double?, effect: Double?, lift: Double?, solved: String) {
      let metric = result.metric
      var row = [
        metric.name, metric.kind, result.hypothesis.name, CSVText.number(result.hypothesis.margin), result.test,
      ]
      row += [result.alpha, metric.baseline, metric.standardDeviation, days, units, effect, lift, result.power].map(
        CSVText.number)
      csv.add(row + [solved])
    }
    if result.solved != "schedule" {
      add(
        days: result.days, units: result.units?.exact, effect: result.effect, lift: result.lift, solved: result.solved)
    }
    for day in result.schedule {
      add(days: Double(day.days), units: day.units, effect: day.effect, lift: day.lift, solved: "schedule")
    }
    return csv.text
  }

  /// GitHub-flavoured Markdown: the answer, the question, the schedule.
  public static func markdown(_ result: DesignResult) -> String {
    let view = DesignView(result)
    var out = MarkdownText()
    out.heading(1, view.headline)
    out.table([("", false), ("", true)], view.facts.map { [$0.name, $0.value] })
    if !result.schedule.isEmpty {
      out.heading(2, "Effect against run length")
      out.table(view.scheduleColumns, view.scheduleRows)
    }
    out.list(result.notes.map(MarkdownText.escape))
    out.heading(2, "Provenance")
    out.table([("", false), ("", false)], view.provenance.map { [$0.0, $0.1] })
    return out.text
  }

  /// For a terminal. - Parameters: as of the analysis' `table`.
  public static func table(
    _ result: DesignResult, width: Int = 100, color: Bool = false, unicode: Bool = true
  ) -> String {
    let (view, ink) = (DesignView(result, unicode: unicode), Ink(color: color, unicode: unicode))
    let room = max(width, 20)
    func wrapped(_ text: String, first: String = "", style: TextStyle = .plain) -> String {
      TextWrap.lines(text, width: room, first: first).map { ink.paint($0, style) + "\n" }.joined()
    }
    var facts = TextTable([.init(""), .init("", .right)])
    for fact in view.facts { facts.add([.init(fact.name, .dim), .init(fact.value)]) }
    var out = wrapped(view.headline, style: .bold) + "\n" + facts.text(width: room, ink: ink)
    if !result.schedule.isEmpty {
      var schedule = TextTable(view.scheduleColumns.map { .init(.init($0.title), .right) })
      for row in view.scheduleRows { schedule.add(row.map { .init($0) }) }
      out += "\n" + schedule.text(width: room, ink: ink)
    }
    if !result.notes.isEmpty { out += "\n" + result.notes.map { wrapped($0, first: "\(ink.bullet) ") }.joined() }
    return out + "\n" + view.provenance.map { wrapped("\($0.0): \($0.1)", style: .dim) }.joined()
  }

  /// One self-contained page, with the curve of effect against days.
  public static func html(_ result: DesignResult) -> String {
    let view = DesignView(result)
    var sections = [
      HTMLPage.headline(
        badge: "Design", symbol: "◇", tone: "calm", title: view.headline, reasons: [],
        summary: "\(result.metric.name), a \(result.metric.kind)"),
      HTMLPage.section(
        "Question and answer", id: "facts",
        [
          HTMLPage.table(
            caption: "What is assumed and what follows", [("", false), ("value", true)],
            view.facts.map { [$0.name, $0.value] })
        ]),
    ]
    if !result.schedule.isEmpty { sections.append(schedule(view)) }
    sections.append(HTMLPage.notes(result.notes))
    let body: [Markup] = [.tag("main", [:], .list(sections)), HTMLPage.provenance(view.provenance)]
    return HTMLPage(title: "\(view.headline) · Verdict", body: body).text
  }

  private static func schedule(_ view: DesignView) -> Markup {
    let format = view.format
    let isRelative = view.result.schedule.contains { $0.lift != nil }
    let points = view.result.schedule.compactMap { day in
      (isRelative ? day.lift : day.effect).map { (Double(day.days), abs($0)) }
    }
    let chart = LineChart(
      title: "Detectable effect by run length", series: [.init(name: "effect", points: points, showsDots: true)],
      xTitle: "days", showX: { format.number($0) },
      showY: { value, decimals in
        isRelative ? format.percent(value, decimals: max(decimals - 2, 0)) : format.number(value)
      })
    return HTMLPage.section(
      "Effect against run length", id: "schedule",
      [
        points.count > 1 ? chart.markup : .list([]),
        HTMLPage.table(
          caption: "The smallest effect found with the power, by the day", view.scheduleColumns, view.scheduleRows),
      ])
  }
}
