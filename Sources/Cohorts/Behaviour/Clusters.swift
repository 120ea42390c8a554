import Basics
import Foundation
import LinearAlgebra
import Statistics

/// Groups of units that behave alike in their first days, described by what sets them apart.
public struct ClusterReport: Sendable, Codable, Equatable {
  public var days: Int
  /// Units that were observed for twice the days.
  public var units: Int
  public var features: [String]
  /// Principal components that were kept, and the share of variance that they hold.
  public var components: Int
  public var varianceKept: Double
  /// Mean silhouette of the clustering, in [-1, 1]: below 0.25 the groups are hardly more than slices of a cloud.
  public var silhouette: Double
  /// The largest first.
  public var clusters: [Cluster]

  public struct Cluster: Sendable, Codable, Equatable {
    public var units: Int
    public var share: Double
    /// Means of the features, as counted.
    public var means: [Double]
    public var description: String
    /// Active in as many days behind the first ones.
    public var returned: CohortEstimate
  }

  /// Units that the components and centres are found from, and of these the ones that the silhouette is taken over.
  private static let sample = 20_000
  private static let silhouetteSample = 800
  private static let mostClusters = 6
  private static let mostSteps = 8

  /// - Returns: nil with fewer than 50 units, or if no feature varies.
  init?(log: EventLog, timelines: UnitTimelines, assignment: CohortAssignment, days: Int, level: ConfidenceLevel) {
    let early = (0..<timelines.units).compactMap { EarlyUnit(log, timelines[$0], assignment, $0, days: days) }
    guard early.count >= 50, let table = FeatureTable(early, log, mostSteps: Self.mostSteps) else { return nil }
    guard let space = try? PrincipalComponents(table, sample: Self.sample) else { return nil }
    let points = space.project(table)
    var generator = SplitMix64(seed: 0x5EED)
    let dimension = space.components
    let some = Self.spread(points, dimension, Self.sample)
    let few = Self.spread(points, dimension, Self.silhouetteSample)
    var best: (model: KMeans, silhouette: Double)?
    for k in 2...Self.mostClusters where k < some.count / dimension {
      let model = KMeans(some, dimension: dimension, k: k, using: &generator)
      let silhouette = model.silhouette(few)
      if silhouette > best?.silhouette ?? -.infinity { best = (model, silhouette) }
    }
    guard let best else { return nil }
    self.days = days
    units = early.count
    features = table.names
    components = dimension
    varianceKept = space.share
    silhouette = best.silhouette
    let own = early.indices.map { best.model.cluster(of: points[$0 * dimension..<($0 + 1) * dimension]) }
    clusters = (0..<best.model.k).compactMap { cluster in
      Self.describe(early.indices.filter { own[$0] == cluster }, early, table, level)
    }.sorted { $0.units > $1.units }
  }

  /// Evenly spaced rows, at most so many.
  private static func spread(_ points: [Double], _ dimension: Int, _ most: Int) -> [Double] {
    let count = points.count / dimension
    guard count > most else { return points }
    return (0..<most).flatMap { place -> ArraySlice<Double> in
      let row = place * count / most
      return points[row * dimension..<(row + 1) * dimension]
    }
  }

  private static func describe(
    _ members: [Int], _ early: [EarlyUnit], _ table: FeatureTable, _ level: ConfidenceLevel
  ) -> Cluster? {
    let returned = members.count { early[$0].returned }
    guard let share = CohortEstimate(share: returned, of: members.count, level: level) else { return nil }
    let means = table.names.indices.map { feature in table.mean(feature, members) }
    let gaps = table.names.indices.map { feature in (feature, table.standardMean(feature, members)) }
      .filter { abs($0.1) >= 0.5 }.sorted { abs($0.1) > abs($1.1) }.prefix(3)
    let words = gaps.map { feature, gap in
      let size = abs(gap) >= 1.5 ? "far " : abs(gap) >= 1 ? "much " : ""
      let less = table.names[feature] == FeatureTable.money ? "less" : "fewer"
      return "\(size)\(gap > 0 ? "more" : less) \(table.names[feature]) "
        + "(\(shown(means[feature])) against \(shown(table.mean(feature))))"
    }
    return Cluster(
      units: members.count, share: Double(members.count) / Double(early.count), means: means,
      description: words.isEmpty ? "close to the average in everything" : words.joined(separator: ", "),
      returned: share)
  }

  private static func shown(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    let tenths = Int((abs(value) * 10).rounded())
    return "\(value < 0 && tenths > 0 ? "−" : "")\(tenths / 10).\(tenths % 10)"
  }
}

/// Counts of early behaviour by unit: as counted, and as log(1 + count) in standard deviations from the mean.
struct FeatureTable {
  static let money = "money"
  let names: [String]
  let rows: Int
  /// Column after column.
  private let counts: [[Double]]
  private let standard: [[Double]]

  /// Nil if nothing varies.
  init?(_ early: [EarlyUnit], _ log: EventLog, mostSteps: Int) {
    var totals: [Int32: Int] = [:]
    for unit in early { for (step, times) in unit.counts { totals[step, default: 0] += times } }
    let steps = totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(mostSteps).map(\.key)
    var columns: [(String, [Double])] = [
      ("events", early.map { Double($0.events) }), ("active days", early.map { Double($0.activeDays) }),
    ]
    if log.steps != nil {
      columns.append(("kinds of events", early.map { Double($0.counts.count) }))
      for step in steps {
        columns.append(("'\(log.stepNames[Int(step)])' events", early.map { Double($0.counts[step] ?? 0) }))
      }
    }
    if log.amounts != nil { columns.append((Self.money, early.map(\.amount))) }
    let kept = columns.compactMap { name, values -> (String, [Double], [Double])? in
      let logs = values.map { $0 < 0 ? -log1p(-$0) : log1p($0) }
      let mean = logs.reduce(0, +) / Double(logs.count)
      let spread = (logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count)).squareRoot()
      return spread > 1e-9 ? (name, values, logs.map { ($0 - mean) / spread }) : nil
    }
    guard !kept.isEmpty else { return nil }
    names = kept.map(\.0)
    counts = kept.map(\.1)
    standard = kept.map(\.2)
    rows = early.count
  }

  func mean(_ feature: Int) -> Double { counts[feature].reduce(0, +) / Double(rows) }
  func mean(_ feature: Int, _ members: [Int]) -> Double {
    members.reduce(0) { $0 + counts[feature][$1] } / Double(members.count)
  }
  func standardMean(_ feature: Int, _ members: [Int]) -> Double {
    members.reduce(0) { $0 + standard[feature][$1] } / Double(members.count)
  }
  func standardValue(_ feature: Int, _ row: Int) -> Double { standard[feature][row] }
}

/// The directions in which standardised features vary most, by singular values.
struct PrincipalComponents {
  let components: Int
  /// Share of the variance that the components hold.
  let share: Double
  /// components x features.
  private let directions: [[Double]]

  /// Keeps components until 80 % of the variance is held, at most 5.
  init(_ table: FeatureTable, sample: Int) throws(LinearAlgebraError) {
    let rows = min(table.rows, sample)
    let width = table.names.count
    var storage: [Double] = []
    storage.reserveCapacity(rows * width)
    for feature in 0..<width {
      for row in 0..<rows { storage.append(table.standardValue(feature, row * table.rows / rows)) }
    }
    let svd = try SVD(Matrix(rows: rows, columns: width, storage: storage))
    let powers = svd.values.map { $0 * $0 }
    let total = powers.reduce(0, +)
    var (kept, held) = (0, 0.0)
    while kept < min(5, powers.count), kept == 0 || held < 0.8 * total {
      held += powers[kept]
      kept += 1
    }
    components = kept
    share = total > 0 ? held / total : 1
    directions = (0..<kept).map { component in
      (0..<width).map { svd.rightTransposed[component, $0] }
    }
  }

  /// Rows of `components` numbers.
  func project(_ table: FeatureTable) -> [Double] {
    var points: [Double] = []
    points.reserveCapacity(table.rows * components)
    for row in 0..<table.rows {
      for direction in directions {
        points.append(direction.indices.reduce(0) { $0 + direction[$1] * table.standardValue($1, row) })
      }
    }
    return points
  }
}
