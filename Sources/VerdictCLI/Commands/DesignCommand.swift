import ArgumentParser
import Basics
import Engines
import Experiments
import Foundation
import Reports
import Statistics
import Tables

struct DesignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "design",
    abstract: "Plan an experiment: of units, effect and power any two give the third.",
    discussion: """
      EXAMPLES
        verdict design --metric 'conversion=proportion(converted)' --baseline 10% \\
          --lift 5%
        verdict design --metric 'revenue=mean(revenue)' --baseline 12.5 --sd 40 \\
          --units 20000 --correlation 0.6
        verdict design --baseline 1% --metric \\
          'errors=proportion(x) | role: guardrail | direction: down | margin: 0.2%'
        verdict design --from last-month.csv --metric \\
          'revenue=mean(revenue, covariates: pre_revenue)' \\
          --time first_seen --days 7,14,21,28
        verdict design --metric 'sales=mean(sales)' --sd 30 --effect 4 \\
          --cluster-size 40 --icc 0.05
        verdict design --metric 'conversion=proportion(converted)' --baseline 10% \\
          --lift 5% --looks 4

      Give the effect for the units, the units for the effect, both for the power;
      traffic gives the effect by the day. The metric's notation is that of 'verdict
      analyze'; a guardrail with a margin is planned as non-inferior. Units are
      counted over all arms. Exits with 2 and the reason if the problem has no
      answer.
      """)

  @Option(help: ArgumentHelp("The metric, as for analyze.", valueName: "metric"))
  var metric: String

  @OptionGroup(title: "What is known") var known: KnownOptions
  @OptionGroup(title: "What is wanted") var wanted: WantedOptions
  @OptionGroup(title: "How it is run") var layout: LayoutOptions
  @OptionGroup(title: "Past data") var table: TableInputOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    var spec = DesignSpec(metric: try Metric(parsing: metric))
    try known.apply(to: &spec, table: table)
    try wanted.apply(to: &spec)
    try layout.apply(to: &spec)
    let result = try DesignResult(spec)
    try output.write(Report.render(result, as: output.chosenFormat, options: output.reportOptions))
  }
}

/// Baseline and spread, given or measured.
struct KnownOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The control's expected value; of a proportion also as 10%.")
  var baseline: String?

  @Option(help: "Standard deviation of the metric per unit; of a ratio, √n times its standard error.")
  var sd: Double?

  @Option(help: "The treatment's standard deviation, if it is another.")
  var treatmentSd: Double?

  @Option(
    parsing: .unconditional, help: "Correlation of the outcome with a covariate from before the experiment (CUPED).")
  var correlation: Double?

  @Option(
    name: [.customLong("from"), .customLong("data")], parsing: .singleValue,
    help: ArgumentHelp(
      "CSV of past data, one row a unit: measures baseline, spread and covariates; may be given several times.",
      valueName: "file"))
  var from: [String] = []

  @Option(help: "The column of past data whose values are clusters; measures their size and likeness.")
  var cluster: String?

  @Option(help: "The column of past data with the time a unit was first seen; measures the traffic.")
  var time: String?

  func apply(to spec: inout DesignSpec, table: TableInputOptions) throws {
    spec.baseline = try baseline.map { try OptionValue.number($0, option: "--baseline").value }
    spec.standardDeviation = sd
    spec.treatmentStandardDeviation = treatmentSd
    spec.correlation = correlation
    guard !from.isEmpty else {
      if cluster != nil || time != nil {
        throw UsageFault(sentence: "--cluster and --time name columns of past data: give --from with a file.")
      }
      return
    }
    if case .quantile = spec.metric.kind { throw DesignSpecFault.quantiles }
    var reader = HistoryReader(spec.metric, options: try table.options(), allowedBadRows: table.allowBadRows)
    reader.clusterColumn = cluster
    reader.timeColumn = time
    let history = try reader.read(table.expanded(from))
    spec.history = history
    spec.traffic = try history.newUnits.map { try TrafficCurve(newUnits: $0) }
  }
}

/// Effect, units, power, error, hypothesis.
struct WantedOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "Effect in the metric's unit, treatment minus control, with its sign.")
  var effect: Double?

  @Option(parsing: .unconditional, help: "Effect relative to the baseline, with its sign: 5%, -3% or 0.05.")
  var lift: String?

  @Option(help: "Units of all arms together.")
  var units: Double?

  @Option(help: "Probability to find the effect; 0.8 where it is not solved for.")
  var power: Double?

  @Option(help: "Error probability, in (0, 1); two-sided for 'different', else one-sided.")
  var alpha = 0.05

  @Flag(help: "One-sided, in the metric's better direction.")
  var oneSided = false

  @Option(help: "different, superior, non-inferior or equivalent.")
  var hypothesis: DesignSpec.Hypothesis?

  @Option(help: "Margin of the hypothesis: 2% of the baseline, or in the metric's unit.")
  var margin: String?

  @Option(help: "z, welch, pooled or arcsine; by default what analyze does.")
  var test: DesignTest?

  func apply(to spec: inout DesignSpec) throws {
    if effect != nil, lift != nil { throw DesignSpecFault.twice("--effect and --lift both give the effect") }
    if oneSided, hypothesis != nil {
      throw DesignSpecFault.twice("--one-sided and --hypothesis both give the hypothesis")
    }
    spec.effect =
      try effect.map { .absolute($0) } ?? lift.map { .relative(try OptionValue.number($0, option: "--lift").value) }
    spec.units = units
    spec.power = power
    spec.alpha = alpha
    spec.isOneSided = oneSided
    spec.hypothesis = hypothesis
    spec.margin = try margin.map { text in
      let (value, isShare) = try OptionValue.number(text, option: "--margin")
      return isShare ? .relative(value) : .absolute(value)
    }
    spec.test = test
  }
}

/// Arms, clusters, looks, traffic.
struct LayoutOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Arms and their shares, the control first: control=50,treatment=50.", valueName: "weights"))
  var weights: String?

  @Option(help: "Number of arms with equal shares, the control included.")
  var arms: Int?

  @Option(help: "For several treatments: none, bonferroni or dunnett.")
  var correction = ArmCorrection.none

  @Option(help: "fixed (one look) or sequential (look whenever you like).")
  var method = DesignMethod.fixed

  @Option(help: "Planned looks at the data, each of which may stop (group-sequential).")
  var looks: Int?

  @Option(help: "Bounds of the looks: obrien-fleming, pocock, lan-demets-obrien-fleming or lan-demets-pocock.")
  var bounds = DesignSpec.Looks.Bounds.lanDeMetsOBrienFleming

  @Option(help: "Maximum of a group-sequential design over the units of a single look, at least 1.")
  var inflation: Double?

  @Option(help: "Mean units of a cluster, where whole clusters are randomised.")
  var clusterSize: Double?

  @Option(help: "Intraclass correlation: the share of the variance that lies between clusters.")
  var icc: Double?

  @Option(help: "Standard deviation of cluster sizes over their mean.")
  var clusterVariation = 0.0

  @Option(help: "A fixed number of clusters, all arms together; then their size is solved for.")
  var clusters: Int?

  @Option(help: "New units a day.")
  var unitsPerDay: Double?

  @Option(help: ArgumentHelp("Units seen for the first time on consecutive days: 5200,3100,2400.", valueName: "counts"))
  var newUnits: String?

  @Option(help: "Share of the traffic that takes part, in (0, 1].")
  var coverage = 1.0

  @Option(help: ArgumentHelp("Days of the table of effect against run length.", valueName: "days"))
  var days: String?

  func apply(to spec: inout DesignSpec) throws {
    spec.arms = try self.armList()
    spec.correction = correction
    if let inflation {
      if method == .sequential {
        throw DesignSpecFault.twice("--inflation and --method sequential both say how looks are paid for")
      }
      spec.monitoring = .inflated(by: inflation)
    } else if method == .sequential {
      spec.monitoring = .alwaysValid
    }
    spec.looks = looks.map { DesignSpec.Looks(count: $0, bounds: bounds) }
    if let clusterSize, let icc {
      spec.clusters = try ClusterDesign(
        size: clusterSize, intraclassCorrelation: icc, sizeVariation: clusterVariation)
    } else if let icc, clusters != nil {
      spec.clusters = try ClusterDesign(size: 1, intraclassCorrelation: icc, sizeVariation: clusterVariation)
    } else if clusterSize != nil || icc != nil {
      throw DesignSpecFault.clustersIncomplete
    }
    if let clusters, clusters < 4 {
      throw UsageFault(sentence: "--clusters: expected at least 4, two an arm, found \(clusters).")
    }
    spec.clusterCount = clusters
    try applyTraffic(to: &spec)
  }

  private func applyTraffic(to spec: inout DesignSpec) throws {
    if unitsPerDay != nil, newUnits != nil {
      throw DesignSpecFault.twice("--units-per-day and --new-units both give the traffic")
    }
    if let unitsPerDay { spec.traffic = try .steady(unitsPerDay: unitsPerDay) }
    if let newUnits { spec.traffic = try TrafficCurve(newUnits: OptionValue.numbers(newUnits, option: "--new-units")) }
    spec.coverage = coverage
    guard let days else { return }
    spec.days = try OptionValue.numbers(days, option: "--days").map { day in
      guard day >= 1, day <= 100_000, let whole = Int(exactly: day) else {
        throw UsageFault(sentence: "--days: expected whole days of at least 1, found \(day).")
      }
      return whole
    }
  }

  private func armList() throws -> [DesignSpec.Arm] {
    if weights != nil, arms != nil { throw DesignSpecFault.twice("--weights and --arms both give the arms") }
    if let arms {
      guard (2...1000).contains(arms) else {
        throw UsageFault(sentence: "--arms: expected 2 to 1000, the control included, found \(arms).")
      }
      let treatments = arms == 2 ? ["treatment"] : (1..<arms).map { "treatment \($0)" }
      return (["control"] + treatments).map { DesignSpec.Arm(name: $0, weight: 1) }
    }
    guard let weights else { return ["control", "treatment"].map { DesignSpec.Arm(name: $0, weight: 1) } }
    let list = try OptionValue.weights(weights)
    guard list.count >= 2 else {
      throw UsageFault(sentence: "--weights: expected at least two arms, found \(list.count).")
    }
    return list.map { DesignSpec.Arm(name: $0.name, weight: $0.weight) }
  }
}

enum DesignMethod: String, ExpressibleByArgument, CaseIterable { case fixed, sequential }
extension DesignTest: ExpressibleByArgument {}
extension ArmCorrection: ExpressibleByArgument {}
extension DesignSpec.Looks.Bounds: ExpressibleByArgument {}
extension DesignSpec.Hypothesis: ExpressibleByArgument {}
