import Basics
import Experiments

extension StatisticsOptions {
  /// The options of `group-sequential`.
  func applyLooks(to plan: inout AnalysisPlan) throws {
    guard method == .groupSequential else {
      let given = [
        ("--spending", spending != nil), ("--earlier-looks", earlierLooks != nil), ("--looks", looks != nil),
        ("--interim", interim),
      ].first { $0.1 }
      guard let given else { return }
      throw UsageFault(sentence: "\(given.0) belongs to --method group-sequential.")
    }
    var group = GroupSequentialPlan()
    if let spending { (group.spending, group.parameter) = try parseSpending(spending) }
    if let earlierLooks { group.earlierUnits = try earlierLooks.split(separator: ",").map(parseUnits) }
    if let looks { group.looks = try parseLooks(looks) }
    plan.groupSequential = group
    plan.isFinal = !interim
  }

  private func parseSpending(_ text: String) throws -> (GroupSequentialPlan.Spending, Double?) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let spending = GroupSequentialPlan.Spending(rawValue: parts[0]) else {
      let known = GroupSequentialPlan.Spending.allCases.map(\.rawValue)
      let nearest = nearestName(to: parts[0], among: known).map { " Did you mean '\($0)'?" } ?? ""
      throw UsageFault(sentence: "--spending: '\(parts[0])' is not one of \(known.joined(separator: ", ")).\(nearest)")
    }
    guard parts.count == 2 else { return (spending, nil) }
    guard let domain = spending.parameterDomain else {
      throw UsageFault(sentence: "--spending: '\(spending.rawValue)' has no parameter, found '\(parts[1])'.")
    }
    guard let value = Double(parts[1]), value.isFinite else {
      throw UsageFault(sentence: "--spending: expected \(domain), found '\(parts[1])'.")
    }
    return (spending, value)
  }

  private func parseUnits(_ text: Substring) throws -> Int {
    guard let units = Int(text.filter { $0 != " " }), units > 0 else {
      throw UsageFault(sentence: "--earlier-looks: expected whole numbers of units, found '\(text)'.")
    }
    return units
  }

  private func parseLooks(_ text: String) throws -> [Double] {
    if let count = Int(text), count >= 2, count <= 100 { return GroupSequentialPlan.equalLooks(count) }
    let shares = text.split(separator: ",").map { part -> Double? in
      let digits = part.filter { $0 != " " && $0 != "%" }
      return Double(digits).map { part.contains("%") ? $0 / 100 : $0 }
    }
    let looks = shares.compactMap { $0 }
    let fault =
      looks.count < shares.count ? "numbers or percentages" : GroupSequentialPlan.fault(inLooks: looks)
    if let fault { throw UsageFault(sentence: "--looks: expected \(fault), found '\(text)'.") }
    return looks
  }
}
