import Allocation
import ArgumentParser
import Basics
import Engines
import Experiments
import Tables

/// The plan, from options or from a spec.
struct AllocationPlanOptions: ParsableArguments {
  @Option(help: "The experiment's own salt, for example its name; --list-schemes says what it is on a platform.")
  var salt: String?

  @Option(help: ArgumentHelp("Arms and their shares, such as control=50,treatment=50.", valueName: "weights"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "A published scheme, such as growthbook/2-utf16; --list-schemes names all. Default: verdict/1.",
      valueName: "scheme"))
  var scheme: String?

  @Option(help: ArgumentHelp("Share of units that take part, in [0, 1]. Default: 1.", valueName: "share"))
  var coverage: String?

  @Option(
    help: ArgumentHelp("Take the plan, a layer, a holdout and overrides from an experiment's spec.", valueName: "yaml"))
  var spec: String?

  var isGiven: Bool { spec != nil || (salt != nil && weights != nil) }

  func validate() throws {
    if spec != nil {
      guard salt == nil, weights == nil, scheme == nil, coverage == nil else {
        throw ValidationError("--spec brings the plan; leave --salt, --weights, --scheme and --coverage out")
      }
    }
  }

  func require() throws {
    if spec != nil { return }
    guard salt != nil else { throw ValidationError("Missing expected argument '--salt <salt>'") }
    guard weights != nil else { throw ValidationError("Missing expected argument '--weights <weights>'") }
  }

  /// The plan, with what a spec puts around it.
  func policy() throws -> AllocationPolicy {
    if let spec { return try ExperimentSpec.load(spec).allocationPolicy() }
    let arms = try Arm.list(weights ?? "")
    let plan = try AllocationPlan(
      scheme: scheme.map { name throws(AllocationFault) in try SchemeName(parsing: name) } ?? .verdict1,
      salt: salt ?? "", arms: arms, coverage: coverage ?? "1")
    if let notice = Arm.unevenSum(of: arms) { Terminal.notice(notice) }
    return AllocationPolicy(plan)
  }
}

/// What stands around a plan.
struct AllocationStructureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only units of this range of a layer, NAME=FROM..TO such as search=0..0.5: experiments of one layer share none.",
      valueName: "range"))
  var layer: String?

  @Option(
    help: ArgumentHelp(
      "Keep a share of all units out of every experiment: NAME=SHARE, such as 2026=0.05.", valueName: "share"))
  var holdout: String?

  @Option(
    help: ArgumentHelp("CSV of units and variants that win over everything else, such as testers.", valueName: "csv"))
  var overrides: String?

  @Option(
    help: ArgumentHelp(
      "CSV of variants that units had, perhaps with a 'version': they keep them while the arm exists; others are hashed.",
      valueName: "csv"))
  var records: String?

  @Option(help: ArgumentHelp("Records of a lower version are not honoured.", valueName: "n"))
  var minimumVersion = 0

  @Option(
    help: ArgumentHelp(
      "Rising coverages, such as 0.05,0.2,1: adds the column 'stage', the first that enrols the unit.",
      valueName: "shares"))
  var stages: String?

  /// Puts layer, holdout, overrides and records around a plan.
  func surround(_ policy: inout AllocationPolicy, column: String, table: TableInputOptions) throws {
    if let layer { policy.layer = try Self.slice(layer) }
    if let holdout {
      let (name, share) = try Self.pair(holdout, option: "--holdout", example: "2026=0.05")
      policy.holdout = try Holdout(name, share: share)
    }
    if let overrides { policy.overrides = try unitRecords(overrides, column, true, policy.plan, table) }
    if let records {
      policy.records = try unitRecords(records, column, false, policy.plan, table)
      if policy.records.lapsed > 0 { Terminal.notice("records not honoured: \(policy.records.lapsed)") }
    }
  }

  /// The stages, and the last one's plan in the policy.
  func staged(_ policy: inout AllocationPolicy) throws -> CoverageStages? {
    guard let stages else { return nil }
    let coverages = stages.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.filter { $0 != " " }
    }
    let plans = try CoverageStages(policy.plan, coverages: coverages)
    policy = policy.with(plan: plans.last)
    return plans
  }

  private func unitRecords(
    _ path: String, _ column: String, _ areOverrides: Bool, _ plan: AllocationPlan, _ table: TableInputOptions
  ) throws -> UnitRecords {
    try UnitRecords(
      TableSource([path], options: table.options()), id: column, areOverrides: areOverrides, minimum: minimumVersion,
      plan: plan)
  }

  private static func slice(_ text: String) throws -> Layer.Slice? {
    let (name, range) = try pair(text, option: "--layer", example: "search=0..0.5")
    let ends = range.split(separator: "..", omittingEmptySubsequences: false).map(String.init)
    guard ends.count == 2 else {
      throw UsageFault(sentence: "--layer: expected NAME=FROM..TO, such as search=0..0.5, found '\(text)'.")
    }
    var layer = try Layer(name)
    try layer.add("this", from: ends[0], to: ends[1])
    return layer.slice(of: "this")
  }

  private static func pair(_ text: String, option: String, example: String) throws -> (String, String) {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
      throw UsageFault(sentence: "\(option): expected a name and a value such as \(example), found '\(text)'.")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
