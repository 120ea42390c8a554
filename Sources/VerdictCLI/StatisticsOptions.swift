import ArgumentParser
import Experiments
import Statistics

/// Level, correction and method, shared by the commands that analyse.
struct StatisticsOptions: ParsableArguments {
  @Option(help: "Error probability of intervals and decisions, in (0, 1).")
  var alpha = 0.05

  @Option(
    help:
      "Multiplicity over goal and secondary metrics and variants: holm, hochberg, hommel, bonferroni, bh, by or none.")
  var correction = Correction.holm

  @Option(help: "fixed (one look), sequential (look whenever you like) or bayesian (flat prior).")
  var method = AnalysisPlan.Method.fixed

  @Option(help: "Units, all arms together, at which sequential intervals are narrowest.")
  var plannedUnits: Int?

  func apply(to plan: inout AnalysisPlan) throws {
    _ = try ConfidenceLevel(alpha: alpha)
    if let plannedUnits, plannedUnits < 1 {
      throw UsageFault(sentence: "--planned-units: expected a number above 0, found \(plannedUnits).")
    }
    plan.alpha = alpha
    plan.correction = correction
    plan.method = method
    plan.plannedUnits = plannedUnits
  }
}

extension Correction: ExpressibleByArgument {}
extension AnalysisPlan.Method: ExpressibleByArgument {}
