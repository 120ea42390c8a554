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
    behaviour = Self.readBehaviour(reader, hasEvents: data.eventColumn != nil)
    ltv = Self.readLifetimeValue(reader)
    if ltv != nil, data.amountColumn == nil, let node = reader.node("ltv"), ltv?.model != .shiftedBetaGeometric {
      faults.add(
        .missingKey("amount", in: "'data'", expected: "the column of money that 'ltv' projects"), node.position)
    }
    model = reader.text("model")
    directory = SpecDocument.folder(of: file)
    requireColumns(reader)
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
    data.startColumn = reader.text("start_column")
    data.starts = readStarts(reader, timeColumn: data.timeColumn)
    data.nullWords = reader.words("null_words")
    data.allowedBadRows = reader.share("allowed_bad_rows", "a share from 0 to 1") { $0 >= 0 && $0 <= 1 } ?? 0
    reader.atMostOne(of: ["start_event", "start_column", "starts"])
    reader.finish()
    return data
  }

  private static func readStarts(_ root: SpecReader, timeColumn: String) -> StartTable? {
    guard let reader = root.mapping("starts") else { return nil }
    reader.require("files", "a CSV file, or a list of them")
    let table = StartTable(
      files: reader.texts("files") ?? [], timeColumn: reader.text("time") ?? timeColumn)
    reader.finish()
    return table
  }

  /// What is said of events' names and of money needs the columns that have them.
  private func requireColumns(_ root: SpecReader) {
    if data.eventColumn == nil {
      let users = [
        ("data", ["start_event", "return_event"]), ("cohorts", ["by_early"]),
        ("behaviour", ["early", "funnel", "paths", "sequences"]),
      ]
      require("event", "the column of event names", for: users, root)
    }
    if data.amountColumn == nil { require("amount", "the column of money", for: [("behaviour", ["rfm"])], root) }
  }

  /// Reports the first key of each part that needs a column of the data.
  private func require(
    _ column: String, _ meaning: String, for users: [(part: String, keys: [String])], _ root: SpecReader
  ) {
    for (part, keys) in users {
      guard let node = root.node(part), let key = keys.first(where: { node.member($0) != nil }) else { continue }
      root.faults.add(
        .missingKey(column, in: "'data'", expected: "\(meaning), for '\(part).\(key)'"),
        node.member(key)?.position ?? node.position)
    }
  }

  private static func readCohorts(_ root: SpecReader) -> Cohorts {
    var cohorts = Cohorts()
    guard let reader = root.mapping("cohorts") else { return cohorts }
    cohorts.period = reader.choice("period") ?? cohorts.period
    cohorts.retention = reader.choice("retention") ?? cohorts.retention
    cohorts.timezone = reader.text("timezone") ?? cohorts.timezone
    cohorts.weekStart = reader.choice("week_start") ?? cohorts.weekStart
    cohorts.window = reader.choice("window") ?? cohorts.window
    cohorts.isRecurring = reader.bool("recurring") ?? false
    cohorts.split = readSplit(reader)
    cohorts.control = reader.text("control")
    cohorts.inactivityDays = reader.duration("inactivity").map { $0 / 86_400 }
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

  private static func readSplit(_ reader: SpecReader) -> Split? {
    let column = reader.text("by").map { Split.column($0) }
    let arms = reader.text("arm").map { Split.arms(column: $0) }
    let early = readEarlySplit(reader)
    reader.atMostOne(of: ["by", "arm", "by_early"])
    return column ?? arms ?? early
  }

  private static func readEarlySplit(_ root: SpecReader) -> Split? {
    guard let reader = root.mapping("by_early") else { return nil }
    reader.require("event", "the event that units have or have not")
    let split = Split.early(event: reader.text("event") ?? "", days: reader.days("within") ?? 7)
    reader.finish()
    return split
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
