import Basics
import Cohorts

extension Report {
  /// `verdict.cohort/1`: full precision; a number that could not be observed is null.
  public static func json(_ report: CohortReport) -> String {
    guard let value = try? JSONValue(encoding: report) else { return "null\n" }
    return value.text(pretty: true)
  }

  /// The long form `cohort,period,size,retained,rate,lower,upper`: all units, one row a cell, full precision.
  ///
  /// `period` is the age: `0`, `1`, ... or a bracket `1-2`. An immature cell has empty `retained`, `rate`, `lower`, `upper`.
  public static func csv(_ report: CohortReport) -> String {
    var csv = CSVText(header: ["cohort", "period", "size", "retained", "rate", "lower", "upper"])
    for cohort in report.retention.cohorts {
      for (age, cell) in zip(report.retention.ages, cohort.cells) {
        csv.add([
          cohort.cohort, age.label, CSVText.number(cohort.size), CSVText.number(cell.retained),
          CSVText.number(cell.rate), CSVText.number(cell.lower), CSVText.number(cell.upper),
        ])
      }
    }
    return csv.text
  }

  /// One row a customer: `customer,cohort,frequency,recency,age,mean_value,probability_alive,purchases,purchases_lower,
  /// purchases_upper,value,value_lower,value_upper`; times in weeks.
  ///
  /// - Parameter names: the ids as they are written, by unit.
  public static func csv(_ customers: [CustomerValue], names: [String]) -> String {
    var csv = CSVText(header: [
      "customer", "cohort", "frequency", "recency", "age", "mean_value", "probability_alive", "purchases",
      "purchases_lower", "purchases_upper", "value", "value_lower", "value_upper",
    ])
    for one in customers {
      let numbers: [Double?] = [
        one.recency, one.age, one.meanValue, one.probabilityAlive, one.purchases.estimate, one.purchases.lower,
        one.purchases.upper, one.value?.estimate, one.value?.lower, one.value?.upper,
      ]
      let name = names.indices.contains(one.unit) ? names[one.unit] : ""
      csv.add([name, one.cohort, CSVText.number(one.frequency)] + numbers.map { CSVText.number($0) })
    }
    return csv.text
  }
}
