extension Analysis {
  /// The Bayesian answer about one effect. "Win" and "loss" are in the metric's better direction.
  public struct Posterior: Sendable, Codable, Equatable {
    /// Of the lift; nil if every effect was alike before the data.
    public var prior: Prior?
    /// Of the difference, in the metric's unit. A scale where the law has no standard deviation.
    public var mean: Double
    public var standardDeviation: Double
    /// The equal-tailed credible interval of the difference at level 1 - alpha.
    public var lower: Double
    public var upper: Double
    /// The probability that the treatment is better than the control.
    public var chanceToWin: Double
    public var expectedLoss: ExpectedLoss
    /// If the plan says which lifts make no practical difference.
    public var region: Region?

    public struct Prior: Sendable, Codable, Equatable {
      public var mean: Double
      public var standardDeviation: Double
    }

    /// What choosing an arm is expected to cost, in the metric's unit; nil where it is infinite.
    public struct ExpectedLoss: Sendable, Codable, Equatable {
      public var treatment: Double?
      public var control: Double?
    }

    /// Probabilities that the difference is worse than, within and better than what makes no practical difference.
    public struct Region: Sendable, Codable, Equatable {
      /// The bounds as differences, in the metric's unit.
      public var lower: Double
      public var upper: Double
      public var worse: Double
      public var negligible: Double
      public var better: Double
    }
  }

  /// How likely an arm is the best of all, under a flat prior.
  public struct Rank: Sendable, Codable, Equatable {
    public var variant: String
    public var probabilityBest: Double
    /// E[best arm - this arm] in the better direction, in the metric's unit.
    public var expectedLoss: Double
  }
}
