extension Metric {
  /// The metric in the notation that `init(parsing:)` reads; parsing it gives the same metric.
  public var text: String {
    var text = "\(Self.quoted(name))=\(kindName)(\(arguments))"
    if options.role != .goal { text += " | role: \(options.role.rawValue)" }
    if options.direction != .up { text += " | direction: \(options.direction.rawValue)" }
    switch options.margin {
    case .absolute(let margin): text += " | margin: \(margin)"
    case .relative(let margin): text += " | margin: \(margin * 100)%"
    case nil: break
    }
    for (name, cut) in [("cap", options.cap), ("floor", options.floor)] {
      switch cut {
      case .absolute(let value): text += " | \(name): \(value)"
      case .percentile(let percentile): text += " | \(name): p\(percentile)"
      case nil: break
      }
    }
    if options.missing != .exclude { text += " | missing: \(options.missing.rawValue)" }
    if let seconds = options.windowSeconds { text += " | window: \(seconds)s" }
    if let event = options.event { text += " | event: \(Self.quotedEvent(event))" }
    if let filter = options.filter { text += " | where: \(filter)" }
    if let aggregation = options.aggregation { text += " | aggregate: \(aggregation.rawValue)" }
    if let threshold = options.threshold { text += " | threshold: \(threshold)" }
    if let seconds = options.delaySeconds { text += " | delay: \(seconds)s" }
    if let seconds = options.lookbackSeconds { text += " | lookback: \(seconds)s" }
    return text
  }

  /// Options that are given and choose among a unit's events, by the names in which they are written.
  public var eventOptions: [String] {
    let given = [
      ("event", options.event != nil), ("where", options.filter != nil), ("window", options.windowSeconds != nil),
      ("delay", options.delaySeconds != nil), ("lookback", options.lookbackSeconds != nil),
      ("aggregate", options.aggregation != nil), ("threshold", options.threshold != nil),
    ]
    return given.filter(\.1).map(\.0)
  }

  /// proportion, mean, ratio or quantile.
  public var kindName: String {
    switch kind {
    case .proportion: "proportion"
    case .mean: "mean"
    case .ratio: "ratio"
    case .quantile: "quantile"
    }
  }

  public var covariates: [String] {
    switch kind {
    case .mean(_, let covariates), .ratio(_, _, let covariates): covariates
    case .proportion, .quantile: []
    }
  }

  private var arguments: String {
    let adjusted = covariates.isEmpty ? "" : ", covariates: " + covariates.map(Self.quoted).joined(separator: "+")
    switch kind {
    case .proportion(let column): return Self.quoted(column)
    case .mean(let column, _): return Self.quoted(column) + adjusted
    case .ratio(let numerator, let denominator, _):
      return Self.quoted(numerator) + ", " + Self.quoted(denominator) + adjusted
    case .quantile(let column, let probability): return Self.quoted(column) + ", \(probability)"
    }
  }

  /// In quotes where the name would not be read as it is.
  private static func quotedEvent(_ name: String) -> String {
    let blanks = Set(" \t".utf8)
    let hasBlankEnd = [name.utf8.first, name.utf8.last].contains { $0.map(blanks.contains) ?? false }
    return hasBlankEnd || name.utf8.contains { Set("|\"".utf8).contains($0) } ? inQuotes(name) : name
  }

  private static func quoted(_ name: String) -> String {
    guard name.isEmpty || name == "covariates" || name.contains(where: { "=()|:,+\" \t".contains($0) }) else {
      return name
    }
    return inQuotes(name)
  }

  private static func inQuotes(_ name: String) -> String {
    let quote = UInt8(ascii: "\"")
    let inside = name.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
    return "\"" + String(decoding: inside, as: UTF8.self) + "\""
  }
}
