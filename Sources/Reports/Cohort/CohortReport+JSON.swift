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
}
