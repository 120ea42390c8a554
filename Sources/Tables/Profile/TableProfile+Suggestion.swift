extension TableProfile {
  /// A command to start with, on one line as a shell reads it; or a sentence, if nothing looks like a variant.
  public var suggestion: String {
    let words = files.map(Self.shell).joined(separator: " ")
    guard let variant = first(.variant) else {
      guard let unit = actor, let time = first(.time) else {
        return "no column looks like a variant; name it with --variant, or pass the exposures with --exposures."
      }
      return "verdict cohort \(words) --unit \(Self.shell(unit.name)) --time \(Self.shell(time.name))"
    }
    let options = [arms(variant), unitOption, missingWords].joined()
    if let time = first(.time), outcomes.isEmpty {
      return "verdict analyze EVENTS.csv --exposures \(words)\(options) --exposure-time \(Self.shell(time.name))"
        + " --metric 'buyers=proportion(*) | event: purchase | window: 7d'"
    }
    guard !metrics.isEmpty else { return "no column of numbers looks like a metric; name one with --metric." }
    return "verdict analyze \(words)\(options)\(clusterOption)\(segmentOption)"
      + metrics.map { " --metric \($0)" }.joined()
  }

  /// Of a log of events: the command that joins it with a table of who was exposed when, which is called EXPOSURES.csv; else nil.
  public var joinSuggestion: String? {
    guard first(.variant) == nil, let unit = actor, let time = first(.time) else { return nil }
    let event = first(.event)
    let name = event.flatMap { Self.conversion($0.words) }
    let metric =
      name.map { "conversion=proportion(*) | event: \(Self.value($0)) | window: 7d" }
      ?? outcomes.first.map { "\(Self.column($0.name))=mean(\(Self.column($0.name))) | window: 7d" }
    guard let metric else { return nil }
    return "verdict analyze \(files.map(Self.shell).joined(separator: " ")) --exposures EXPOSURES.csv"
      + (unit.name == "user_id" ? "" : " --unit \(Self.shell(unit.name))")
      + (time.name == "timestamp" ? "" : " --time \(Self.shell(time.name))")
      + (event.map { $0.name == "event" || name == nil ? "" : " --event \(Self.shell($0.name))" } ?? "")
      + missingWords + " --metric \(Self.shell(metric))"
  }

  /// Of several ids the one that repeats is the user's, the others are the events' own.
  private var actor: ColumnProfile? {
    columns.filter { $0.role == .unit && $0.repeats }.min { $0.missing < $1.missing } ?? first(.unit)
  }

  /// Of the names of events one that is a success, by the likeliest words.
  private static func conversion(_ names: [String]) -> String? {
    for word in ["purchase", "order", "buy", "checkout", "paid", "payment", "subscri", "convert", "signup", "sign_up"] {
      if let name = names.first(where: { $0.lowercased().contains(word) }) { return name }
    }
    return names.first
  }

  /// Whether `suggestion` is a command.
  public var suggestsCommand: Bool { suggestion.hasPrefix("verdict ") }

  /// Of several columns of a role the first of those with the fewest gaps.
  private func first(_ role: ColumnProfile.Role) -> ColumnProfile? {
    columns.filter { $0.role == role }.min { $0.missing < $1.missing }
  }

  // MARK: - Options

  private func arms(_ variant: ColumnProfile) -> String {
    let control = Self.control(variant.words)
    return (variant.name == "variant" ? "" : " --variant \(Self.shell(variant.name))")
      + (control.map { $0 == "control" ? "" : " --control \(Self.shell($0))" } ?? "")
  }

  /// Names that an arm has which the others are compared with, the likeliest first.
  private static let controls = [
    "control", "ctrl", "control_group", "baseline", "base", "placebo", "original", "default", "current", "status_quo",
    "old",
    "before", "off", "disabled", "false", "a", "0", "no", "none", "holdout",
  ]

  private static func control(_ arms: [String]) -> String? {
    for name in controls { if let arm = arms.first(where: { $0.lowercased() == name }) { return arm } }
    return arms.first { $0.lowercased().contains("control") } ?? arms.min()
  }

  private var unitOption: String {
    first(.unit).map { $0.name == "user_id" ? "" : " --unit \(Self.shell($0.name))" } ?? ""
  }

  /// Units with several rows are clusters of them.
  private var clusterOption: String {
    first(.unit).map { $0.repeats ? " --cluster \(Self.shell($0.name))" : "" } ?? ""
  }

  private var segmentOption: String {
    let segment = columns.first { $0.role == .segment && (2...20).contains($0.distinct) }
    return segment.map { " --segment \(Self.shell($0.name))" } ?? ""
  }

  private var missingWords: String {
    let found = columns.filter { $0.role != .unit }.flatMap(\.nullWords)
    return Set(nullWords + found).sorted().map { " --null \(Self.shell($0))" }.joined()
  }

  // MARK: - Metrics

  private var numbers: [ColumnProfile] { columns.filter { $0.role == .metric && $0.distinct > 1 } }

  /// Numbers that may be of what came after exposure.
  private var outcomes: [ColumnProfile] { numbers.filter { !$0.isFromBefore && !$0.isAttribute } }

  private var metrics: [String] {
    let before = numbers.filter { $0.isFromBefore && $0.kind != .boolean }
    var chosen = outcomes.isEmpty ? numbers.filter { !$0.isFromBefore } : outcomes
    if chosen.isEmpty { chosen = numbers }
    return chosen.prefix(5).map { metric in
      let name = Self.column(metric.name)
      guard metric.kind != .boolean else { return Self.shell("\(name)=proportion(\(name))") }
      let covariates = before.filter { $0.outcome == metric.name.lowercased() || $0.outcome.isEmpty }
      let places =
        covariates.isEmpty ? "" : ", covariates: " + covariates.map { Self.column($0.name) }.joined(separator: "+")
      return Self.shell("\(name)=mean(\(name)\(places))")
    }
  }

  // MARK: - Words

  /// A column's name as metrics are written.
  private static func column(_ name: String) -> String {
    name.contains { "=()|:,+\" \t".contains($0) } ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
  }

  /// A word as the value of a metric's option.
  private static func value(_ word: String) -> String {
    word.contains { "|\"".contains($0) } ? "\"" + word.replacing("\"", with: "\"\"") + "\"" : word
  }

  /// A word as a shell reads it.
  private static func shell(_ word: String) -> String {
    let plain =
      !word.isEmpty && !word.hasPrefix("-")
      && word.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./".unicodeScalars.contains(scalar)
      }
    return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension ColumnProfile {
  /// Fewer values than rows have one; by more than the sketch may err.
  fileprivate var repeats: Bool {
    let values = Double(rows - missing)
    return Double(distinct) < (isDistinctExact ? values : 0.9 * values)
  }

  private static let beforeMarks = ["pre", "before", "prior", "baseline", "pre_period", "preperiod"]

  /// Of the name without its mark of the time before exposure, what is left: "revenue" of "pre_revenue", nothing of "pre".
  fileprivate var outcome: String {
    let word = name.lowercased()
    for mark in Self.beforeMarks.sorted(by: { $0.count > $1.count }) {
      if word == mark { return "" }
      for separator in ["_", "-", " ", "."] {
        if word.hasPrefix(mark + separator) { return String(word.dropFirst(mark.count + 1)) }
        if word.hasSuffix(separator + mark) { return String(word.dropLast(mark.count + 1)) }
      }
    }
    return word
  }

  fileprivate var isFromBefore: Bool { outcome != name.lowercased() }

  /// What is known of a unit before any outcome.
  fileprivate var isAttribute: Bool {
    ["age", "tenure", "birth", "year", "level", "seniority", "latitude", "longitude", "version", "score", "segment"]
      .contains {
        part in name.lowercased().split { "_- .".contains($0) }.contains { $0 == part }
      }
  }
}
