import Statistics

/// A procedure on a population: how often it errs, and how often it may.
package struct CalibrationCase: Sendable {
  /// What is promised of the error rate.
  package enum Promise: Sendable, Hashable {
    /// The nominal rate, within chance.
    case nominal
    /// At most the nominal rate.
    case atMost
    /// A rate in this range, and why not the nominal one: it is met in large samples.
    case approximate(ClosedRange<Double>, String)
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
  /// Counts of errors that a procedure of exactly the nominal rate stays within, 99.9 times in 100; for an approximate one, of any
  /// rate in its range.
  package let band: ClosedRange<Int>

  package init(_ subject: CalibrationCase, runs: Int, errors: Int) throws(DomainError) {
    let rates = if case .approximate(let range, _) = subject.promise { range } else { subject.rate...subject.rate }
    let least = try Binomial(trials: runs, probability: rates.lowerBound).quantile(0.0005)
    let most = try Binomial(trials: runs, probability: rates.upperBound).inverseSurvival(0.0005)
    self.subject = subject
    self.runs = runs
    self.errors = errors
    band = least...max(least, most)
  }

  package var share: Double { Double(errors) / Double(runs) }

  package var holds: Bool {
    switch subject.promise {
    case .nominal, .approximate: band.contains(errors)
    case .atMost: errors <= band.upperBound
    }
  }
}
