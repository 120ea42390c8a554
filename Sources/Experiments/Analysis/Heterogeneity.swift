import Statistics

extension Analysis {
  /// Whether a treatment's effect differs between the values of a segment column: Cochran's Q over the segments' differences, the
  /// interaction test of effect and segment. Segments whose effect is undefined are left out.
  ///
  /// - Source: Cochran, W. G. (1954), Biometrics 10; `MetaAnalysis` in Statistics.
  public struct Heterogeneity: Sendable, Codable, Equatable {
    public var variant: String
    /// The segment column.
    public var column: String
    public var segments: Int
    /// Q, chi-squared with one degree of freedom fewer than segments if the effect is the same in all.
    public var statistic: Double
    public var pValue: Double
    /// The share of the estimates' variance that is between true effects, in [0, 1).
    public var iSquared: Double

    public init(
      variant: String, column: String, segments: Int, statistic: Double, pValue: Double, iSquared: Double
    ) {
      self.variant = variant
      self.column = column
      self.segments = segments
      self.statistic = statistic
      self.pValue = pValue
      self.iSquared = iSquared
    }
  }
}

extension Analysis.Heterogeneity {
  /// One for each treatment and segment column with at least two segments; nil if there are none.
  static func tests(_ comparisons: [Analysis.Comparison]) -> [Analysis.Heterogeneity]? {
    var places: [[String]: Int] = [:]
    var families: [(variant: String, column: String, effects: [Estimate])] = []
    for comparison in comparisons {
      guard let column = comparison.segment?.column, let value = comparison.difference.estimate,
        let error = comparison.difference.standardError
      else { continue }
      let key = [comparison.variant, column]
      let place = places[key] ?? families.count
      if place == families.count {
        places[key] = place
        families.append((comparison.variant, column, []))
      }
      families[place].effects.append(Estimate(value, standardError: error))
    }
    let found = families.compactMap { family -> Analysis.Heterogeneity? in
      guard let together = try? MetaAnalysis(family.effects) else { return nil }
      return Analysis.Heterogeneity(
        variant: family.variant, column: family.column, segments: family.effects.count, statistic: together.q,
        pValue: together.heterogeneityPValue, iSquared: together.iSquared)
    }
    return found.isEmpty ? nil : found
  }
}
