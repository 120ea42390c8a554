import Statistics

/// Whether the experiments of a programme allocate fairly and independently, from their ids and salts alone.
///
/// - Source: the checks are those of Kohavi, Tang & Xu (2020), "Trustworthy Online Controlled Experiments", chapters 4 and 21,
///   applied to the hash instead of to the outcome.
public struct AllocationAudit: Sendable, Encodable {
  /// Two experiments on the ids that both enrol.
  public struct Pair: Sendable, Encodable {
    public let first: String
    public let second: String
    /// Ids that both enrol.
    public let units: Int
    public let chiSquared: Double
    public let degreesOfFreedom: Int
    public let pValue: Double
    /// By Holm over all pairs.
    public let adjustedPValue: Double
    /// φ with its sign for two and two arms, otherwise Cramér's V.
    public let phi: Double
  }

  public let schema = "verdict.audit/1"
  public let ids: Int
  public let duplicates: Int
  /// Rows without an id.
  public let emptyIDs: Int
  public let nonASCII: Int
  /// Probability of a false alarm, over all pairs and, separately, over all experiments and over all schemes.
  public let alpha: Double
  /// One entry a scheme, in the order in which they first appear.
  public let schemes: [SchemeAudit]
  public let experiments: [ExperimentAudit]
  public let pairs: [Pair]
  public let transitions: [TransitionMatrix]
  /// What is wrong, in sentences; empty: nothing was found.
  public let findings: [String]

  public var passed: Bool { findings.isEmpty }

  /// - Parameters:
  ///   - experiments: at most 65,535 arms each.
  ///   - transitions: pairs of allocations, old and new.
  ///   - alpha: in (0, 1).
  public init(
    _ experiments: [AuditedExperiment], ids: UnitIDs,
    transitions: [(from: AuditedExperiment, to: AuditedExperiment)] = [],
    alpha: Double = 0.01
  ) {
    self.ids = ids.count
    duplicates = ids.duplicates
    emptyIDs = ids.empty
    nonASCII = ids.nonASCII
    self.alpha = alpha
    let places = experiments.map { $0.places(ids) }
    let audits = zip(experiments, places).map { experiment, place in
      ExperimentAudit(experiment, places: place.arms, unreadable: place.unreadable, ids: ids)
    }
    self.experiments = audits
    var seen: Set<SchemeName> = []
    schemes = experiments.map(\.plan).filter { seen.insert($0.scheme).inserted }.map { SchemeAudit($0, ids: ids) }
    pairs = Self.pairs(experiments, places.map(\.arms))
    self.transitions = transitions.map { TransitionMatrix(from: $0.from, to: $0.to, ids: ids) }
    findings = Self.findings(schemes, audits, pairs, alpha)
  }

  private static func pairs(_ experiments: [AuditedExperiment], _ places: [[UInt16]]) -> [Pair] {
    var found: [(first: Int, second: Int, units: Int, test: IndependenceTest)] = []
    for first in experiments.indices {
      for second in experiments.indices where second > first {
        let table = table(experiments[first], places[first], experiments[second], places[second])
        guard let test = try? IndependenceTest(table) else { continue }
        found.append((first, second, table.reduce(0) { $0 + $1.reduce(0, +) }, test))
      }
    }
    let adjusted = Multiplicity.adjust(found.map(\.test.pValue), by: .holm)
    return zip(found, adjusted).map { one, p in
      Pair(
        first: experiments[one.first].name, second: experiments[one.second].name, units: one.units,
        chiSquared: one.test.statistic, degreesOfFreedom: one.test.degreesOfFreedom, pValue: one.test.pValue,
        adjustedPValue: p, phi: one.test.phi ?? one.test.cramersV)
    }
  }

  private static func table(
    _ first: AuditedExperiment, _ a: [UInt16], _ second: AuditedExperiment, _ b: [UInt16]
  ) -> [[Int]] {
    let (rows, columns) = (first.plan.arms.count, second.plan.arms.count)
    var counts = [Int](repeating: 0, count: (rows + 1) * (columns + 1))
    for (x, y) in zip(a, b) { counts[Int(x) * (columns + 1) + Int(y)] += 1 }
    return (0..<rows).map { row in (0..<columns).map { counts[row * (columns + 1) + $0] } }
  }

  private static func findings(
    _ schemes: [SchemeAudit], _ audits: [ExperimentAudit], _ pairs: [Pair], _ alpha: Double
  ) -> [String] {
    var findings: [String] = []
    let uniform = Multiplicity.adjust(schemes.map { $0.uniformity?.pValue ?? 1 }, by: .holm)
    for (scheme, p) in zip(schemes, uniform) where p < alpha {
      findings.append("\(scheme.scheme) does not draw these ids uniformly over \(Uniformity.saltCount) salts.")
    }
    let ratios = Multiplicity.adjust(audits.map { $0.sampleRatioPValue ?? 1 }, by: .holm)
    for (index, audit) in audits.enumerated() {
      if ratios[index] < alpha { findings.append("'\(audit.name)': the arms' counts are not in their planned shares.") }
      if audit.unreadable > 0 {
        findings.append("'\(audit.name)': \(audit.scheme) cannot read \(audit.unreadable) of the ids.")
      }
      for family in audit.families where family.different > 0 {
        findings.append("'\(audit.name)': \(family.different) ids get another arm in SDKs of \(family.scheme).")
      }
    }
    let dependent = pairs.filter { $0.adjustedPValue < alpha }
    if let worst = dependent.max(by: { abs($0.phi) < abs($1.phi) }) {
      let size = (abs(worst.phi) * 1000).rounded() / 1000
      findings.append(
        "\(dependent.count) of \(pairs.count) pairs of experiments are dependent; the strongest, '\(worst.first)' and "
          + "'\(worst.second)', by |phi| = \(size). Use verdict/1, or a scheme of a later generation.")
    }
    return findings
  }
}
