/// Lifetime value: what was observed, the fitted models, their check on held-out data, and the projection.
public struct LifetimeValue: Sendable, Codable, Equatable {
  /// bg-nbd, mbg-nbd or pareto-nbd; nil when only observed values are shown.
  public var model: String?
  /// Why there is no projection, or why it is not trusted; nil when it is.
  public var withheld: String?
  public var purchases: Fit?
  public var spend: SpendFit?
  public var probabilityAlive: AliveSummary?
  public var holdout: Holdout?
  /// Cumulative value per unit by cohort and age, complete cells only.
  public var observed: [ObservedCohort]
  public var projection: Projection?
  /// Of the shifted beta-geometric model.
  public var contractual: ContractualValue?

  public init(
    model: String?, withheld: String? = nil, purchases: Fit? = nil, spend: SpendFit? = nil,
    probabilityAlive: AliveSummary? = nil, holdout: Holdout? = nil, observed: [ObservedCohort] = [],
    projection: Projection? = nil
  ) {
    self.model = model
    self.withheld = withheld
    self.purchases = purchases
    self.spend = spend
    self.probabilityAlive = probabilityAlive
    self.holdout = holdout
    self.observed = observed
    self.projection = projection
  }

  public struct Parameter: Sendable, Codable, Equatable {
    public var name: String
    public var estimate: Double
    /// From the observed information; nil where it is not positive definite.
    public var standardError: Double?
    public init(name: String, estimate: Double, standardError: Double?) {
      self.name = name
      self.estimate = estimate
      self.standardError = standardError
    }
  }

  /// A maximum-likelihood fit.
  public struct Fit: Sendable, Codable, Equatable {
    /// Unit of time in the parameters: week, 7 days; none for spend.
    public var timeUnit: String
    public var parameters: [Parameter]
    public var logLikelihood: Double
    public var customers: Int
    public var converged: Bool
    public var iterations: Int
    public init(
      timeUnit: String, parameters: [Parameter], logLikelihood: Double, customers: Int, converged: Bool,
      iterations: Int
    ) {
      self.timeUnit = timeUnit
      self.parameters = parameters
      self.logLikelihood = logLikelihood
      self.customers = customers
      self.converged = converged
      self.iterations = iterations
    }
  }

  /// Gamma-Gamma of the value per order.
  public struct SpendFit: Sendable, Codable, Equatable {
    public var fit: Fit
    /// Expected value of an order of a customer about whom nothing is known.
    public var populationMean: CohortEstimate?
    /// Pearson correlation of repeat orders and mean value, with its interval: the model assumes 0.
    public var frequencyCorrelation: CohortEstimate?
    public init(fit: Fit, populationMean: CohortEstimate?, frequencyCorrelation: CohortEstimate?) {
      self.fit = fit
      self.populationMean = populationMean
      self.frequencyCorrelation = frequencyCorrelation
    }
  }

  /// P(alive) over the customers at the end of observation.
  public struct AliveSummary: Sendable, Codable, Equatable {
    public var mean: Double
    public var lowerQuartile: Double
    public var median: Double
    public var upperQuartile: Double
    public init(mean: Double, lowerQuartile: Double, median: Double, upperQuartile: Double) {
      self.mean = mean
      self.lowerQuartile = lowerQuartile
      self.median = median
      self.upperQuartile = upperQuartile
    }
  }

  /// The model fitted to the earlier part of the log, held against the later part.
  public struct Holdout: Sendable, Codable, Equatable {
    /// End of calibration, ISO date.
    public var calibrationEnd: String
    public var customers: Int
    public var expectedPurchases: CohortEstimate
    public var observedPurchases: Int
    /// Correlation of expected and observed purchases over customers; nil if one does not vary.
    public var correlation: Double?
    /// By repeat purchases in the calibration part: the calibration plot.
    public var groups: [Group]
    public var passed: Bool
    /// The rule of passing with its numbers, a sentence.
    public var detail: String
    public init(
      calibrationEnd: String, customers: Int, expectedPurchases: CohortEstimate, observedPurchases: Int,
      correlation: Double?, groups: [Group], passed: Bool, detail: String
    ) {
      self.calibrationEnd = calibrationEnd
      self.customers = customers
      self.expectedPurchases = expectedPurchases
      self.observedPurchases = observedPurchases
      self.correlation = correlation
      self.groups = groups
      self.passed = passed
      self.detail = detail
    }

    public struct Group: Sendable, Codable, Equatable {
      /// Repeat purchases before the end of calibration; the last group holds that many or more.
      public var frequency: Int
      public var customers: Int
      /// Per customer.
      public var expected: Double
      public var observed: Double
      public init(frequency: Int, customers: Int, expected: Double, observed: Double) {
        self.frequency = frequency
        self.customers = customers
        self.expected = expected
        self.observed = observed
      }
    }
  }

  /// Cumulative value per unit, from each unit's start to the end of an age.
  public struct ObservedCohort: Sendable, Codable, Equatable {
    public var cohort: String
    public var size: Int
    public var points: [Point]
    public init(cohort: String, size: Int, points: [Point]) {
      self.cohort = cohort
      self.size = size
      self.points = points
    }
    public struct Point: Sendable, Codable, Equatable {
      public var age: Int
      public var valuePerUnit: CohortEstimate
      public init(age: Int, valuePerUnit: CohortEstimate) {
        self.age = age
        self.valuePerUnit = valuePerUnit
      }
    }
  }

  /// What the customers of the log will still buy.
  public struct Projection: Sendable, Codable, Equatable {
    /// Periods ahead; each is `periodDays` days.
    public var periods: Int
    public var periodDays: Double
    /// Per period, for example 0.01.
    public var discountRate: Double
    /// What the intervals cover, a sentence.
    public var intervalCovers: String
    public var overall: [Point]
    public var cohorts: [CohortProjection]
    public init(
      periods: Int, periodDays: Double, discountRate: Double, intervalCovers: String, overall: [Point],
      cohorts: [CohortProjection]
    ) {
      self.periods = periods
      self.periodDays = periodDays
      self.discountRate = discountRate
      self.intervalCovers = intervalCovers
      self.overall = overall
      self.cohorts = cohorts
    }

    /// Totals from the end of observation to the end of `period`, over the customers of the cohort.
    public struct Point: Sendable, Codable, Equatable {
      /// 1, 2, ...
      public var period: Int
      public var purchases: CohortEstimate
      /// Discounted per period; nil without amounts.
      public var value: CohortEstimate?
      public init(period: Int, purchases: CohortEstimate, value: CohortEstimate?) {
        self.period = period
        self.purchases = purchases
        self.value = value
      }
    }

    public struct CohortProjection: Sendable, Codable, Equatable {
      public var cohort: String
      public var size: Int
      public var observedPurchases: Int
      public var observedValue: Double?
      public var points: [Point]
      public init(cohort: String, size: Int, observedPurchases: Int, observedValue: Double?, points: [Point]) {
        self.cohort = cohort
        self.size = size
        self.observedPurchases = observedPurchases
        self.observedValue = observedValue
        self.points = points
      }
    }
  }
}
