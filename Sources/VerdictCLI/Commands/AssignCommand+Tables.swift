import Allocation
import ArgumentParser
import Basics
import Engines
import Experiments
import Foundation
import Tables

/// Units other than the id's own, and allocations that need all units at once.
struct AssignmentUnitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hash this column in the place of the id: all units of a cluster get one arm.", valueName: "column"))
  var cluster: String?

  @Option(
    help: ArgumentHelp(
      "Draw anew in every window, such as 2h, for the cluster in the column of ids; adds 'window' and 'burn_in'.",
      valueName: "duration"))
  var switchback: String?

  @Option(help: ArgumentHelp("The column of times of a switchback.", valueName: "column"))
  var time: String?

  @Option(help: ArgumentHelp("When window 0 of a switchback begins. Default: 1970-01-01T00:00:00Z.", valueName: "time"))
  var origin: String?

  @Option(
    help: ArgumentHelp("The beginning of each window that the analysis leaves out, such as 10m.", valueName: "duration")
  )
  var burnIn: String?

  @Option(help: ArgumentHelp("The zone of times that are written without one.", valueName: "zone"))
  var timezone = "UTC"

  @Option(
    help: ArgumentHelp(
      "Permuted blocks inside the strata of this column: every stratum is balanced to within a block.",
      valueName: "column"))
  var strata: String?

  @Option(
    help: ArgumentHelp(
      "Search for a salt that balances these columns of numbers, one or more between commas.", valueName: "columns"))
  var balance: String?

  @Option(help: ArgumentHelp("Salts that a search tries.", valueName: "n"))
  var candidates = 100

  @Option(help: ArgumentHelp("Share of the tried salts that is accepted, in (0, 1].", valueName: "share"))
  var accept = 0.2

  @Option(help: ArgumentHelp("Write all candidates of a search to this file, as JSON.", valueName: "file"))
  var searchLog: String?

  @Option(
    help: ArgumentHelp(
      "After the experiment: repeat the search and test this column by randomisation over the accepted salts, as JSON.",
      valueName: "column"))
  var outcome: String?

  func validate() throws {
    let modes = [switchback, strata, balance].compactMap { $0 }.count
    guard modes <= 1 else { throw ValidationError("Use one of --switchback, --strata and --balance") }
    guard cluster == nil || strata == nil && balance == nil else {
      throw ValidationError("--strata and --balance take each id as a unit; leave --cluster out")
    }
    guard (switchback == nil) == (time == nil) else {
      throw ValidationError("--switchback and --time belong together")
    }
    guard balance != nil || (outcome == nil && searchLog == nil) else {
      throw ValidationError("--outcome and --search-log belong to --balance")
    }
  }

  /// What decides on a row of a stream.
  func rule(_ policy: AllocationPolicy, _ stages: CoverageStages?) throws -> AssignmentStream.Rule {
    guard let switchback, let time else { return .policy(policy, stages: stages) }
    guard policy.isBare, stages == nil else {
      throw UsageFault(sentence: "--switchback takes the plan alone; leave out what stands around it.")
    }
    let start = try origin.map { try EventTime.moment($0, timeZone: timezone) } ?? 0
    let windows = try Switchback(
      policy.plan, origin: start, window: Self.seconds(switchback, "--switchback"),
      burnIn: try burnIn.map { try Self.seconds($0, "--burn-in") } ?? 0)
    return .switchback(windows, time: time, timeZone: timezone)
  }

  private static func seconds(_ text: String, _ option: String) throws -> Int64 {
    guard let seconds = Durations.seconds(text), let whole = Int64(exactly: seconds) else {
      throw UsageFault(sentence: "\(option): expected whole seconds, such as 90s, 30m or 2h, found '\(text)'.")
    }
    return whole
  }
}

extension AssignCommand {
  /// Permuted blocks: the output is the table; later units fall back to the hash by `--records` of it.
  func deal(_ strata: String, _ policy: AllocationPolicy, _ source: TableSource) throws {
    guard policy.isBare, structure.stages == nil, !provenance else {
      throw UsageFault(sentence: "--strata takes the plan alone; leave out what stands around it, and --provenance.")
    }
    let columns = try UnitColumns(source, id: column, texts: [strata])
    let units = zip(columns.ids, columns.texts[0]).map { StratifiedTable.Unit(id: $0, stratum: $1) }
    let dealt = try StratifiedTable(units, plan: policy.plan)
    let arms = policy.plan.arms.map(\.name)
    var counts = [Int](repeating: 0, count: arms.count)
    var csv = "user_id,variant\n"
    for id in columns.ids {
      let arm = try dealt.assign(id).arm
      csv += "\(AssignmentForm.quoted(id)),\(AssignmentForm.quoted(arm.map { arms[$0] } ?? ""))\n"
      if let arm { counts[arm] += 1 }
    }
    try write(csv)
    for (arm, count) in zip(arms, counts) { Terminal.notice("\(arm): \(count.grouped) units") }
    Terminal.notice("units that come later: verdict assign ... --records with this table")
  }

  /// A search for a balanced salt, and the rows under the salt that it chose; or the test of an outcome.
  func search(_ balance: String, _ policy: AllocationPolicy, _ source: TableSource) throws {
    guard policy.isBare, structure.stages == nil else {
      throw UsageFault(sentence: "--balance takes the plan alone; leave out what stands around it.")
    }
    let names = balance.split(separator: ",").map(String.init)
    let columns = try UnitColumns(source, id: column, numbers: names + (units.outcome.map { [$0] } ?? []))
    let search = try SaltSearch(
      policy.plan, ids: columns.ids, covariates: Array(columns.numbers.prefix(names.count)),
      candidates: units.candidates, accepting: units.accept)
    var log = try JSONValue(encoding: search)
    if let outcome = units.outcome, case .object(var members) = log {
      let inference = try search.inference(columns.numbers[names.count])
      members["outcome"] = .string(outcome)
      members["inference"] = try inference.map { try JSONValue(encoding: $0) } ?? .null
      log = .object(members)
    }
    if let file = units.searchLog {
      try AtomicFile.write(Array(log.text(pretty: true).utf8), to: file)
      Terminal.notice("wrote \(file)")
    }
    guard units.outcome == nil else { return try write(log.text(pretty: true)) }
    guard let plan = try search.chosenPlan() else { return }
    Terminal.notice(
      "salt: \(plan.salt), the first of \(search.candidates.count - search.rejected) accepted out of "
        + "\(search.candidates.count). Infer over the accepted salts: --outcome")
    try stream(.policy(AllocationPolicy(plan)), source)
  }
}
