import Basics

extension CohortSpec {
  /// Reads a spec.
  ///
  /// - Parameter file: the name used in errors; its folder is where relative paths start.
  /// - Throws: `InputFaults` of `SpecFault`s, all of them, in the order of the text.
  public init(yaml: String, file: String = "-") throws(InputFaults) {
    let faults = SpecFaults()
    let root = try SpecDocument.root(yaml, file: file)
    guard let reader = SpecReader(root, path: "", faults: faults) else {
      try faults.throwIfAny()
      throw InputFaults([SpecFault(kind: .empty, position: root.position)])
    }
    reader.require("kind", "'cohort'")
    SpecDocument.readHead(reader, kind: Self.kind)
    name = SpecDocument.readName(reader)
    owner = reader.text("owner")
    data = Self.readEvents(reader)
    cohorts = Self.readCohorts(reader)
    earlyDays = Self.readEarlyDays(reader, hasEvents: data.eventColumn != nil)
    ltv = Self.readLifetimeValue(reader)
    if ltv != nil, data.amountColumn == nil, let node = reader.node("ltv"), ltv?.model != .shiftedBetaGeometric {
      faults.add(
        .missingKey("amount", in: "'data'", expected: "the column of money that 'ltv' projects"), node.position)
    }
    model = reader.text("model")
    directory = SpecDocument.folder(of: file)
    reader.finish()
    try faults.throwIfAny()
  }

  /// Reads a spec file.
  ///
  /// - Throws: `InputFaults` also if the file cannot be read.
  public static func load(_ path: String) throws(InputFaults) -> CohortSpec {
    try CohortSpec(yaml: SpecDocument.text(path), file: path)
  }

  // MARK: - Parts

  private static func readEvents(_ root: SpecReader) -> Events {
    var data = Events(files: [], unitColumn: "", timeColumn: "")
    root.require("data", "where the events are, with 'files', 'unit' and 'time'")
    guard let reader = root.mapping("data") else { return data }
    reader.require("files", "a CSV file, or a list of them")
    reader.require("unit", "the column of the units, such as user_id")
    reader.require("time", "the column of the times, such as occurred_at")
    data.files = reader.texts("files") ?? []
    data.unitColumn = reader.text("unit") ?? ""
    data.timeColumn = reader.text("time") ?? ""
    data.amountColumn = reader.text("amount")
    data.eventColumn = reader.text("event")
    data.startEvent = reader.text("start_event")
    data.returnEvent = reader.text("return_event")
    data.allowedBadRows = reader.share("allowed_bad_rows", "a share from 0 to 1") { $0 >= 0 && $0 <= 1 } ?? 0
    if data.eventColumn == nil, let key = ["start_event", "return_event"].first(where: { reader.node($0) != nil }) {
      reader.faults.add(
        .missingKey("event", in: "'data'", expected: "the column of event names, for '\(key)'"),
        reader.node(key)?.position ?? reader.position)
    }
    reader.finish()
    return data
  }

  private static func readCohorts(_ root: SpecReader) -> Cohorts {
    var cohorts = Cohorts()
    guard let reader = root.mapping("cohorts") else { return cohorts }
    cohorts.period = reader.choice("period") ?? cohorts.period
    cohorts.retention = reader.choice("retention") ?? cohorts.retention
    cohorts.timezone = reader.text("timezone") ?? cohorts.timezone
    cohorts.weekStart = reader.choice("week_start") ?? cohorts.weekStart
    cohorts.segmentColumn = reader.text("by")
    cohorts.asOf = reader.text("as_of")
    cohorts.maximumAge = reader.integer("maximum_age", atLeast: 0)
    cohorts.alpha = reader.number("alpha", "a number in (0, 1)") { $0 > 0 && $0 < 1 } ?? cohorts.alpha
    cohorts.brackets = readBrackets(reader)
    if cohorts.retention == .bracket {
      reader.require("brackets", "the ages of each bracket, such as [[1, 7], [8, 14]]")
    }
    reader.finish()
    return cohorts
  }

  private static func readBrackets(_ reader: SpecReader) -> [ClosedRange<Int>] {
    guard let nodes = reader.elements("brackets", "a list of pairs such as [1, 7]") else { return [] }
    return nodes.enumerated().compactMap { index, node in
      if case .sequence(let ends) = node.content, ends.count == 2, let first = ends[0].integer,
        let last = ends[1].integer,
        0 <= first, first <= last
      {
        return first...last
      }
      let expected = "two ages from 0, the first not above the last"
      reader.faults.add(.badValue("cohorts.brackets[\(index)]", expected: expected, found: node.found), node.position)
      return nil
    }
  }

  private static func readEarlyDays(_ root: SpecReader, hasEvents: Bool) -> Int? {
    guard let reader = root.mapping("behaviour") else { return hasEvents ? 7 : nil }
    reader.require("early", "the first days that are looked at, such as 7 days")
    let days = reader.duration("early").map { Int(($0 / 86_400).rounded()) }
    if !hasEvents {
      reader.faults.add(
        .missingKey("event", in: "'data'", expected: "the column of event names, for 'behaviour'"), reader.position)
    }
    reader.finish()
    return days
  }

  private static func readLifetimeValue(_ root: SpecReader) -> LifetimeValue? {
    guard let reader = root.mapping("ltv") else { return nil }
    reader.require("horizon", "how far to project, such as 39 weeks")
    var ltv = LifetimeValue(horizon: reader.duration("horizon") ?? 0)
    ltv.model = reader.choice("model") ?? ltv.model
    ltv.holdout = reader.duration("holdout")
    if let node = reader.node("discount") {
      if let discount = discount(node) {
        ltv.discount = discount
      } else {
        let expected = "a yearly rate such as '10% a year' or 0.1"
        reader.faults.add(.badValue("ltv.discount", expected: expected, found: node.found), node.position)
      }
    }
    reader.finish()
    return ltv
  }

  /// `0.1`, `10%` or `10% a year`.
  private static func discount(_ node: SpecNode) -> Double? {
    if let number = node.number { return number >= 0 && number < 10 ? number : nil }
    guard var text = node.text else { return nil }
    if text.hasSuffix(" a year") { text = String(text.dropLast(7)) }
    let share = Shares.fraction(SpecNode(content: .scalar(text, isPlain: false), position: node.position))
    return share.flatMap { $0 >= 0 && $0 < 10 ? $0 : nil }
  }
}
