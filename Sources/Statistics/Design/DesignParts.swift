import Foundation

/// How units are shared out: the control's weight and each treatment's, on any scale.
public struct ArmSplit: Sendable, Hashable, Codable {
  /// Share of the control, relative to the treatments' shares.
  public let control: Double
  /// Share of each treatment, on the control's scale.
  public let treatments: [Double]

  /// - Throws: `DesignFault` unless there is a treatment and all weights are positive.
  public init(control: Double = 1, treatments: [Double] = [1]) throws(DesignFault) {
    guard !treatments.isEmpty else { throw .outside("treatments", 0, "must be at least 1") }
    for weight in [control] + treatments where !(weight > 0 && weight.isFinite) {
      throw .outside("weight of an arm", weight, "must be positive and finite")
    }
    self.control = control
    self.treatments = treatments
  }

  private init(even treatments: Int) {
    control = 1
    self.treatments = [Double](repeating: 1, count: treatments)
  }
  /// Control and one treatment of the same size.
  public static let even = ArmSplit(even: 1)

  var weights: [Double] { [control] + treatments }
  private var total: Double { weights.reduce(0, +) }

  /// Units of each arm, control first.
  func units(of total: Double) -> [Double] { weights.map { total * ($0 / self.total) } }
  var controlShare: Double { control / total }
  /// Of the smallest treatment, whose comparison has the least power.
  var treatmentShare: Double { (treatments.min() ?? control) / total }
}

/// How the critical value makes up for several treatments.
public enum ArmCorrection: String, Sendable, Hashable, Codable, CaseIterable {
  case none, bonferroni, dunnett
}

/// How often the data will be looked at.
public enum DesignMonitoring: Sendable, Hashable {
  /// Once, at the end.
  case once
  /// Whenever one likes, by an asymptotic confidence sequence that is narrowest at the planned end; the power is that of
  /// the last look alone, so the true one is higher.
  case alwaysValid
  /// By a group-sequential design whose maximum is this factor times the units of a single look.
  case inflated(by: Double)
}

/// Randomisation by clusters (shops, cities, time slots) in which units are alike.
///
/// The variance grows by the design effect 1 + ((1 + cv²) m - 1) ρ, and a t test has clusters - arms degrees of freedom.
/// - Source: Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, section 5.2; unequal sizes:
///   Eldridge, Ashby & Kerry (2006), International Journal of Epidemiology 35, 1292-1300, eq. 1.
public struct ClusterDesign: Sendable, Hashable, Codable {
  /// m: mean units of a cluster.
  public let size: Double
  /// ρ: share of the variance that lies between clusters.
  public let intraclassCorrelation: Double
  /// cv: standard deviation of the sizes over their mean.
  public let sizeVariation: Double

  /// - Throws: `DesignFault` unless size >= 1, the correlation is in [0, 1] and the variation not negative.
  public init(size: Double, intraclassCorrelation: Double, sizeVariation: Double = 0) throws(DesignFault) {
    guard size >= 1, size.isFinite else { throw .outside("cluster size", size, "must be at least 1") }
    guard intraclassCorrelation >= 0, intraclassCorrelation <= 1 else {
      throw .outside("intraclass correlation", intraclassCorrelation, "must be in [0, 1]")
    }
    guard sizeVariation >= 0, sizeVariation.isFinite else {
      throw .outside("variation of cluster sizes", sizeVariation, "must be finite and not negative")
    }
    self.size = size
    self.intraclassCorrelation = intraclassCorrelation
    self.sizeVariation = sizeVariation
  }

  /// Variance of a mean of clusters over that of as many independent units; 1 for clusters of one.
  public var designEffect: Double {
    max(1, 1 + ((1 + sizeVariation * sizeVariation) * size - 1) * intraclassCorrelation)
  }
}
