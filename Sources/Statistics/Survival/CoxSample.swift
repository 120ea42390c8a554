/// Units of a Cox regression, checked, sorted and standardised.
struct CoxSample: Sendable {
  /// Number of covariates.
  let p: Int
  /// By stratum, descending in time within each. All arrays below are in this order.
  let strata: [Range<Int>]
  let stratumLabels: [Int]
  let time: [Double]
  let event: [Bool]
  /// Nil without left truncation.
  let entry: [Double]?
  /// Units by descending entry within each stratum; empty without left truncation.
  let byEntry: [Int]
  /// Covariates less `centre`, over `scale`: unit i at `i * p`.
  let rows: [Double]
  let centre: [Double]
  let scale: [Double]

  var units: Int { time.count }

  /// - Throws: `DomainError` for lengths that do not fit, values that are not finite, covariates that do not vary, no events.
  init(
    time: [Double], event: [Bool], covariates: [[Double]], entry: [Double]?, strata labels: [Int]?
  ) throws(DomainError) {
    try Self.check(time, event, covariates, entry, labels)
    (centre, scale) = try Self.standardisation(covariates)
    let groups = Dictionary(grouping: time.indices) { labels?[$0] ?? 0 }.sorted { $0.key < $1.key }
    var order: [Int] = []
    var (ranges, byEntry): ([Range<Int>], [Int]) = ([], [])
    for (_, members) in groups {
      let start = order.count
      order += members.sorted { time[$0] > time[$1] }
      ranges.append(start..<order.count)
      if let entry { byEntry += (start..<order.count).sorted { entry[order[$0]] > entry[order[$1]] } }
    }
    p = covariates.count
    strata = ranges
    stratumLabels = groups.map(\.key)
    self.time = order.map { time[$0] }
    self.event = order.map { event[$0] }
    self.entry = entry.map { entry in order.map { entry[$0] } }
    self.byEntry = byEntry
    var rows: [Double] = []
    rows.reserveCapacity(order.count * p)
    for unit in order { for j in 0..<p { rows.append((covariates[j][unit] - centre[j]) / scale[j]) } }
    self.rows = rows
  }

  private static func check(
    _ time: [Double], _ event: [Bool], _ covariates: [[Double]], _ entry: [Double]?, _ strata: [Int]?
  ) throws(DomainError) {
    guard !covariates.isEmpty else { throw DomainError("covariates", 0, "must be at least 1") }
    // The checks of times and entries.
    _ = try SurvivalData(time: time, event: event, entry: entry)
    let counts = covariates.map { ("values of a covariate", $0.count) } + (strata.map { [("strata", $0.count)] } ?? [])
    for (name, count) in counts where count != time.count {
      throw DomainError("number of \(name)", Double(count), "must be the number of times, \(time.count)")
    }
    for value in covariates.joined() where !value.isFinite {
      throw DomainError("value of a covariate", value, "must be finite")
    }
    guard event.contains(true) else { throw DomainError("events", 0, "must be at least 1") }
  }

  private static func standardisation(_ covariates: [[Double]]) throws(DomainError) -> ([Double], [Double]) {
    let moments = covariates.map { Moments(columns: [$0]) }
    let scale = moments.map { ($0.crossProduct(0, 0) / Double(max(1, $0.count))).squareRoot() }
    for (j, value) in scale.enumerated() where !(value > 0 && value.isFinite) {
      throw DomainError("covariate \(j + 1)", .nan, "has no coefficient, all units have the same value; leave it out")
    }
    return (moments.map { $0.mean[0] }, scale)
  }
}
