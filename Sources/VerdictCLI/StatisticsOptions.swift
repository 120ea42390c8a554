import ArgumentParser
import Basics
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

  @Option(
    help:
      "Test secondary metrics only after the goals: all (of them are significant) or any (with the share that is).")
  var gatekeeping: Gatekeeping.Gate?

  @Option(
    help:
      "fixed (one look), sequential (look whenever you like), group-sequential (planned looks) or bayesian (a posterior)."
  )
  var method = AnalysisPlan.Method.fixed

  @Option(
    help: "Units, all arms together, at which sequential intervals are narrowest, and group-sequential looks end.")
  var plannedUnits: Int?

  @Option(parsing: .unconditional, help: "Mean of a normal prior on each metric's lift, for bayesian: 0 or 2%.")
  var priorMean: String?

  @Option(parsing: .unconditional, help: "Standard deviation of that prior, such as 10%; without it the prior is flat.")
  var priorSd: String?

  @Option(
    parsing: .unconditional, help: "Lifts within plus or minus this make no practical difference, for bayesian: 1%.")
  var negligible: String?

  @Option(help: "group-sequential: obrien-fleming, pocock, hwang-shih-decani[:GAMMA] or kim-demets[:RHO].")
  var spending: String?

  @Option(
    help: ArgumentHelp(
      "group-sequential: units, all arms together, at the looks taken before this one.", valueName: "n,n,..."))
  var earlierLooks: String?

  @Option(
    help: ArgumentHelp(
      "group-sequential: how many equal looks are planned, or their shares of the planned units.",
      valueName: "4|25%,50%,100%"))
  var looks: String?

  @Flag(
    help: "group-sequential: more units may come. Without it this look is the last and spends what is left of alpha.")
  var interim = false

  func apply(to plan: inout AnalysisPlan) throws {
    _ = try ConfidenceLevel(alpha: alpha)
    if let plannedUnits, plannedUnits < 1 {
      throw UsageFault(sentence: "--planned-units: expected a number above 0, found \(plannedUnits).")
    }
    plan.alpha = alpha
    plan.correction = correction
    plan.gatekeeping = gatekeeping
    plan.method = method
    plan.plannedUnits = plannedUnits
    try applyBeliefs(to: &plan)
    try applyLooks(to: &plan)
  }

  private func applyBeliefs(to plan: inout AnalysisPlan) throws {
    let given = [(priorMean, "--prior-mean"), (priorSd, "--prior-sd"), (negligible, "--negligible")]
    if let option = given.first(where: { $0.0 != nil })?.1, method != .bayesian {
      throw UsageFault(sentence: "\(option) is for --method bayesian only.")
    }
    if let priorSd {
      let deviation = try OptionValue.number(priorSd, option: "--prior-sd").value
      guard deviation > 0 else { throw UsageFault(sentence: "--prior-sd: expected a lift above 0, found \(priorSd).") }
      let mean = try priorMean.map { try OptionValue.number($0, option: "--prior-mean").value } ?? 0
      plan.prior = GaussianEffect.Prior(mean: mean, standardDeviation: deviation)
    } else if priorMean != nil {
      throw UsageFault(sentence: "--prior-mean needs --prior-sd: a prior has a mean and a standard deviation.")
    }
    plan.negligibleLift = try negligible.map { text in
      let lift = try OptionValue.number(text, option: "--negligible").value
      guard lift > 0 else { throw UsageFault(sentence: "--negligible: expected a lift above 0, found \(text).") }
      return lift
    }
  }
}

extension Correction: ExpressibleByArgument {}
extension Gatekeeping.Gate: ExpressibleByArgument {}
extension AnalysisPlan.Method: ExpressibleByArgument {}
