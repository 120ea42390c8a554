/// What the ids say about a scheme, whatever the experiment.
public struct SchemeAudit: Sendable, Encodable {
  public let scheme: String
  /// Nil where there are too few ids to test.
  public let uniformity: Uniformity?
  public let avalanche: Avalanche

  /// - Parameter plan: whose salt the tested salts begin with.
  init(_ plan: AllocationPlan, ids: UnitIDs) {
    scheme = plan.scheme.rawValue
    uniformity = try? Uniformity(plan, ids: ids)
    avalanche = Avalanche(plan, ids: ids)
  }
}
