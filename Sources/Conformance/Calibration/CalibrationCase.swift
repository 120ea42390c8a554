import Statistics

/// A procedure on a population: how often it errs, and how often it may.
package struct CalibrationCase: Sendable {
  /// What is promised of the error rate.
  package enum Promise: Sendable, Hashable {
    /// The nominal rate, within chance.
    case nominal
    /// At most the nominal rate.
    case atMost
    /// The nominal rate in large samples; why it is not met here.
    case approximate(String)
  }

  package let procedure: String
  package let population: String
  package let units: String
  /// What counts as an error: a false rejection, or an interval without the truth.
  package let event: String
  package let rate: Double
  package let promise: Promise
  /// One experiment; true if the procedure errs.
  package let errs: @Sendable (inout Draws) throws -> Bool

  package init(
    _ procedure: String, _ population: String, _ units: String, event: String = "rejects", rate: Double = 0.05,
    _ promise: Promise = .nominal, errs: @escaping @Sendable (inout Draws) throws -> Bool
  ) {
    self.procedure = procedure
    self.population = population
    self.units = units
    self.event = event
    self.rate = rate
    self.promise = promise
    self.errs = errs
  }
}

/// How often a procedure erred.
package struct CalibrationResult: Sendable {
  package let subject: CalibrationCase
  package let runs: Int
  package let errors: Int
  /// Counts of errors that a procedure of exactly the nominal rate stays within, 99.9 times in 100.
  package let band: ClosedRange<Int>

  package init(_ subject: CalibrationCase, runs: Int, errors: Int) throws(DomainError) {
    let law = try Binomial(trials: runs, probability: subject.rate)
    self.subject = subject
    self.runs = runs
    self.errors = errors
    band = law.quantile(0.0005)...max(law.quantile(0.0005), law.inverseSurvival(0.0005))
  }

  package var share: Double { Double(errors) / Double(runs) }

  package var holds: Bool {
    switch subject.promise {
    case .nominal: band.contains(errors)
    case .atMost: errors <= band.upperBound
    case .approximate: true
    }
  }
}
