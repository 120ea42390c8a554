/// An experiment's plan with what stands around it: overrides, a holdout, a layer, and what units got before.
///
/// The order is that of the platforms: override, holdout, sticky record, layer, plan. An override wins so that testers see what
/// they ask for; a holdout comes before anything that a user of the product could have been given.
public struct AllocationPolicy: Sendable {
  /// What decided on a unit.
  public enum Reason: String, Sendable, Hashable {
    case override, holdout, sticky, layer, plan
  }

  public struct Decision: Sendable, Hashable {
    /// Nil: not enrolled.
    public let arm: String?
    public let reason: Reason

    public init(arm: String?, reason: Reason) {
      self.arm = arm
      self.reason = reason
    }
  }

  /// Before the plan changed, this unit had this arm; it keeps it as long as the arm exists.
  ///
  /// Records hold the arm's name, not its place, so that arms may be reordered, and a version: those below `minimumVersion` are
  /// no longer honoured.
  public struct StickyRecord: Sendable, Hashable {
    public let arm: String
    public let version: Int
    public init(arm: String, version: Int) {
      self.arm = arm
      self.version = version
    }
  }

  public let experiment: String
  public let plan: AllocationPlan
  public var layer: Layer?
  /// The share of all units that no experiment may touch, drawn by its own salt; the plan's second arm stands for held out.
  public var holdout: AllocationPlan?
  public var minimumVersion = 0
  /// By the bytes of the id: text that is canonically equal but differs in bytes is another unit.
  private var overrides: [[UInt8]: String] = [:]

  public init(experiment: String, plan: AllocationPlan) {
    self.experiment = experiment
    self.plan = plan
  }

  /// - Throws: `AllocationFault` if there is no such arm, or the unit has an override already.
  public mutating func override(_ id: String, with arm: String) throws(AllocationFault) {
    guard plan.arms.contains(where: { $0.name == arm }) else {
      throw AllocationFault(.unknownArm(arm, known: plan.arms.map(\.name)))
    }
    guard overrides.updateValue(arm, forKey: Array(id.utf8)) == nil else { throw AllocationFault(.duplicateID) }
  }

  /// - Throws: `AllocationFault` as the plan's `assign`.
  public func decide(_ id: String, record: StickyRecord? = nil) throws(AllocationFault) -> Decision {
    if let arm = overrides[Array(id.utf8)] { return Decision(arm: arm, reason: .override) }
    if let holdout, try holdout.assign(id).arm == 1 { return Decision(arm: nil, reason: .holdout) }
    if let record, record.version >= minimumVersion, plan.arms.contains(where: { $0.name == record.arm }) {
      return Decision(arm: record.arm, reason: .sticky)
    }
    if let layer, layer.experiment(of: id) != experiment { return Decision(arm: nil, reason: .layer) }
    return Decision(arm: try plan.assign(id).arm.map { plan.arms[$0].name }, reason: .plan)
  }

  /// A holdout: `share` of all units, under a salt that no experiment uses.
  ///
  /// - Throws: `AllocationFault` unless the share is in (0, 1) with at most 6 decimals.
  public static func holdout(_ salt: String, share: String) throws(AllocationFault) -> AllocationPlan {
    guard let held = FixedPoint.millionths(share), held > 0, held < FixedPoint.unit else {
      throw AllocationFault(.badRange(share))
    }
    return try AllocationPlan(
      salt: "holdout/\(salt)",
      arms: [Arm("in", weight: FixedPoint.unit - held), Arm("held out", weight: held)])
  }
}
