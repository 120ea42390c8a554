/// An experiment's plan with what stands around it: overrides, a holdout, what units got before, and a layer.
///
/// The order is that of the platforms: override, holdout, record, layer, plan. An override wins so that testers see what
/// they ask for; a holdout comes before anything that a user of the product could have been given.
public struct AllocationPolicy: Sendable {
  /// What decided on a unit.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    case override, holdout, record, layer, plan
  }

  public struct Decision: Sendable, Hashable {
    /// Place of the arm in the plan; nil: not enrolled.
    public let arm: Int?
    public let reason: Reason
    /// What the plan's scheme drew, where the plan decided.
    public let assignment: Assignment?
  }

  public let plan: AllocationPlan
  /// The experiment's range of a layer; nil: it shares its units with every other.
  public var layer: Layer.Slice?
  public var holdout: Holdout?
  /// Testers and others who get an arm by name.
  public var overrides = UnitRecords()
  /// Arms that units had before the plan changed, or an explicit table of arms: units without one fall back to the plan.
  public var records = UnitRecords()

  public init(_ plan: AllocationPlan) { self.plan = plan }

  /// The same around another plan of the same arms.
  public func with(plan: AllocationPlan) -> AllocationPolicy {
    var copy = AllocationPolicy(plan)
    (copy.layer, copy.holdout, copy.overrides, copy.records) = (layer, holdout, overrides, records)
    return copy
  }

  /// Whether nothing stands around the plan.
  public var isBare: Bool { layer == nil && holdout == nil && overrides.isEmpty && records.isEmpty }

  /// - Throws: `AllocationFault` as the plan's `assign`.
  public func decide(_ id: UnsafeRawBufferPointer) throws(AllocationFault) -> Decision {
    if let arm = overrides.arm(of: id) { return Decision(arm: arm, reason: .override, assignment: nil) }
    if let holdout, holdout.holds(id) { return Decision(arm: nil, reason: .holdout, assignment: nil) }
    if let arm = records.arm(of: id) { return Decision(arm: arm, reason: .record, assignment: nil) }
    if let layer, !layer.holds(id) { return Decision(arm: nil, reason: .layer, assignment: nil) }
    let assignment = try plan.assign(id)
    return Decision(arm: assignment.arm, reason: .plan, assignment: assignment)
  }

  public func decide(_ id: String) throws(AllocationFault) -> Decision {
    var result: Result<Decision, AllocationFault> = .failure(AllocationFault(.emptyID))
    Array(id.utf8).withUnsafeBytes { bytes in
      result = Result { () throws(AllocationFault) in try decide(bytes) }
    }
    return try result.get()
  }
}

/// A share of all units that no experiment may touch, drawn under a salt of its own: outermost, and independent of every arm.
public struct Holdout: Sendable {
  public let salt: String
  private let draw: Draw
  private let limit: UInt64

  /// - Parameter share: of all units, in (0, 1) with at most 6 decimals.
  /// - Throws: `AllocationFault` for another share, or an empty salt.
  public init(_ salt: String, share: String) throws(AllocationFault) {
    guard !salt.isEmpty else { throw AllocationFault(.emptySalt) }
    guard let held = FixedPoint.millionths(share), held > 0, held < FixedPoint.unit else {
      throw AllocationFault(.badHoldout(share))
    }
    self.salt = salt
    draw = .verdict(purpose: "holdout", salt: salt)
    limit = UInt64(held)
  }

  @inline(__always)
  func holds(_ id: UnsafeRawBufferPointer) -> Bool { draw.value(id) < limit }
}
