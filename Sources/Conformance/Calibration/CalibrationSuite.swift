import Statistics

/// Every procedure that gives a p-value or an interval, on the populations that experiments meet.
package enum CalibrationSuite {
  package static let standard: [CalibrationCase] =
    means + proportions + ratios + adjusted + lifts + ranks + counts + regressions + families + sequences + survival
    + beliefs + resamplings
}
