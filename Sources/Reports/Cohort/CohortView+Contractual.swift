import Cohorts

extension CohortView {
  /// The contractual model: its fit, its curve beside what was observed, and what customers are still to pay.
  var contractualSections: [Section] {
    guard let model = report.lifetimeValue?.contractual else { return [] }
    return [contractualCurve(model), contractualCohorts(model)]
  }

  private func contractualCurve(_ model: ContractualValue) -> Section {
    var words =
      "Shifted beta-geometric: \(sentence(model.fit)). A new customer pays \(estimate(model.expectedPeriods)) discounted "
      + "\(period)s within the horizon"
    if let value = model.newCustomerValue { words += ", worth \(estimate(value))" }
    words += "."
    if let holdout = model.holdout {
      words +=
        " Fitted without the last \(holdout.periods) \(period)s it expects \(format.number(holdout.expected)) customers left; "
        + "\(format.count(holdout.observed)) are."
    }
    return Section(
      "Contract model", words: words,
      [.init(period, numeric: true), .init("observed", numeric: true), .init("model", numeric: true)],
      model.survival.map { point in
        ["\(point.period)", shareOrBlank(point.observed), shareOrBlank(point.projected)]
      })
  }

  private func shareOrBlank(_ value: CohortEstimate?) -> String {
    value.map { "\(rate($0.estimate)) \(interval($0.lower, $0.upper))" } ?? ""
  }

  private func contractualCohorts(_ model: ContractualValue) -> Section {
    Section(
      "Still to come by cohort",
      words: "Discounted \(period)s that a customer who is left is still to pay, without horizon.",
      [
        .init("cohort"), .init("customers", numeric: true), .init("left", numeric: true),
        .init("\(period)s to come", numeric: true),
      ],
      model.cohorts.map {
        [$0.cohort, format.count($0.size), format.count($0.active), estimate($0.residualPeriods)]
      })
  }
}
