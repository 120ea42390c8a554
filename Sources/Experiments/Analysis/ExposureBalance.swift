import Basics
import Statistics

/// Whether units arrived in the arms as planned: in all, by segment and by day, with units that were exposed to several arms.
///
/// - Source: Fabijan, A. et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD: a mismatch is
///   found by its segments and its days.
public struct ExposureBalance: Sendable, Encodable {
  /// What becomes of a unit that was exposed to several arms.
  public enum Handling: String, Sendable, Hashable, Encodable, CaseIterable {
    /// It counts in the arm that it saw first.
    case first
    /// It is left out.
    case exclude
  }

  public struct Arm: Sendable, Hashable, Encodable {
    public let name: String
    public let weight: Double
    public let units: Int
  }

  /// The units of one segment or day, by arm in the order of `arms`.
  public struct Line: Sendable, Hashable, Encodable {
    public let value: String
    public let counts: [Int]
    /// Nil where there are no units, or fewer than 5 are expected in an arm.
    public let pValue: Double?
    /// By Holm over the lines of the group.
    public let adjustedPValue: Double?
  }

  /// Lines of one column, or of the days.
  public struct Group: Sendable, Hashable, Encodable {
    public let name: String
    public let lines: [Line]
  }

  /// Sample ratio over all units when those in several arms count first, and when they are left out.
  public struct Ratio: Sendable, Hashable, Encodable {
    public let first: Double
    public let excluded: Double?
  }

  /// What was counted: the arm of each unit's first exposure, whether it was in several, and its groups' values.
  public struct Counts: Sendable {
    public var exposures: Int
    public var arms: [String]
    /// By unit: place of the arm.
    public var armOfUnit: [Int32]
    public var isInSeveral: [Bool]
    /// By group: its name, its values, and each unit's place among them.
    public var groups: [(name: String, values: [String], valueOfUnit: [Int32])]

    public init(
      exposures: Int, arms: [String], armOfUnit: [Int32], isInSeveral: [Bool],
      groups: [(name: String, values: [String], valueOfUnit: [Int32])]
    ) {
      (self.exposures, self.arms, self.armOfUnit) = (exposures, arms, armOfUnit)
      (self.isInSeveral, self.groups) = (isInSeveral, groups)
    }
  }

  public let schema = "verdict.balance/1"
  public let exposures: Int
  /// Distinct units.
  public let units: Int
  public let unitsInSeveralArms: Int
  public let handling: Handling
  public let alpha: Double
  public let arms: [Arm]
  public let sampleRatio: Ratio
  public let groups: [Group]
  /// What is wrong, in sentences; empty: nothing was found.
  public let findings: [String]

  public var passed: Bool { findings.isEmpty }

  /// Share of units in several arms above which they are a finding.
  static let severalLimit = 0.01

  /// - Parameters:
  ///   - weights: planned shares by arm, on any scale; nil: equal ones of the arms that are there.
  ///   - alpha: p below which a sample ratio is a finding, in (0, 1).
  /// - Throws: `AnalysisFault` for an arm without a weight or a weight that is no weight; `DomainError` for fewer than two arms
  ///   with a share, or no units.
  public init(
    _ counts: Counts, weights: [(name: String, weight: Double)]?, handling: Handling, alpha: Double = 0.001
  ) throws {
    let planned = weights ?? counts.arms.sorted().map { ($0, 1) }
    for (name, weight) in planned where !(weight >= 0 && weight.isFinite) {
      throw AnalysisFault(.badWeight(name, weight))
    }
    let places = try counts.arms.map { arm in
      guard let place = planned.firstIndex(where: { $0.name == arm }) else { throw AnalysisFault(.missingWeight(arm)) }
      return place
    }
    let shares = planned.map(\.weight)
    func table(_ isCounted: (Int) -> Bool) -> [Int] {
      var table = [Int](repeating: 0, count: planned.count)
      for unit in counts.armOfUnit.indices where isCounted(unit) { table[places[Int(counts.armOfUnit[unit])]] += 1 }
      return table
    }
    let (first, excluded) = (table { _ in true }, table { !counts.isInSeveral[$0] })
    let total = handling == .first ? first : excluded
    exposures = counts.exposures
    units = counts.armOfUnit.count
    unitsInSeveralArms = counts.isInSeveral.count { $0 }
    (self.handling, self.alpha) = (handling, alpha)
    arms = zip(planned, total).map { Arm(name: $0.name, weight: $0.weight, units: $1) }
    sampleRatio = Ratio(
      first: try SampleRatioTest(counts: first, weights: shares).pValue,
      excluded: try? SampleRatioTest(counts: excluded, weights: shares).pValue)
    groups = counts.groups.map { group in
      var tables = [[Int]](repeating: shares.map { _ in 0 }, count: group.values.count)
      for unit in counts.armOfUnit.indices where handling == .first || !counts.isInSeveral[unit] {
        tables[Int(group.valueOfUnit[unit])][places[Int(counts.armOfUnit[unit])]] += 1
      }
      return Group(name: group.name, lines: Self.lines(group.values, tables, shares))
    }
    findings = Self.findings(
      arms, groups, handling == .first ? sampleRatio.first : sampleRatio.excluded, several: unitsInSeveralArms,
      of: units, handling, alpha)
  }

  private static func lines(_ values: [String], _ tables: [[Int]], _ shares: [Double]) -> [Line] {
    let total = shares.reduce(0, +)
    let pValues = tables.map { table -> Double? in
      let units = Double(table.reduce(0, +))
      // Below five expected the test's law is not that of chi-squared; a unit in an arm of weight 0 is wrong at any size.
      let isSmall = shares.contains { $0 > 0 && units * $0 / total < 5 }
      let isForeign = zip(table, shares).contains { $0 > 0 && $1 == 0 }
      guard !isSmall || isForeign else { return nil }
      return try? SampleRatioTest(counts: table, weights: shares).pValue
    }
    var adjusted = Multiplicity.adjust(pValues.compactMap { $0 }, by: .holm)[...]
    return values.indices.map { index in
      Line(
        value: values[index], counts: tables[index], pValue: pValues[index],
        adjustedPValue: pValues[index] == nil ? nil : adjusted.popFirst())
    }
  }

  private static func findings(
    _ arms: [Arm], _ groups: [Group], _ ratio: Double?, several: Int, of units: Int, _ handling: Handling,
    _ alpha: Double
  ) -> [String] {
    var findings: [String] = []
    for arm in arms where arm.weight > 0 && arm.units == 0 {
      findings.append("'\(arm.name)' is dead: no unit arrived.")
    }
    for arm in arms where arm.weight == 0 && arm.units > 0 {
      findings.append("'\(arm.name)' has weight 0 and \(arm.units.grouped) units.")
    }
    if (ratio ?? 0) < alpha {
      findings.append("The arms' counts are not in their planned shares: find the cause before reading any effect.")
    }
    for group in groups {
      let bad = group.lines.filter { ($0.adjustedPValue ?? 1) < alpha }
      guard !bad.isEmpty else { continue }
      let shown = bad.prefix(5).map { "'\($0.value)'" }.joined(separator: ", ") + (bad.count > 5 ? " and others" : "")
      findings.append("By \(group.name), the shares are wrong in \(bad.count) of \(group.lines.count): \(shown).")
    }
    if Double(several) > severalLimit * Double(units) {
      findings.append(
        "\(several.grouped) of \(units.grouped) units were exposed to several arms; "
          + (handling == .first ? "they count in the first." : "they are left out."))
    }
    return findings
  }
}
