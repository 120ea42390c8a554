/// An experiment of a programme: a name, and its allocation with what stands around it.
public struct AuditedExperiment: Sendable {
  public let name: String
  public let policy: AllocationPolicy

  public var plan: AllocationPlan { policy.plan }

  public init(name: String, plan: AllocationPlan) { self.init(name: name, policy: AllocationPolicy(plan)) }

  public init(name: String, policy: AllocationPolicy) {
    self.name = name
    self.policy = policy
  }

  /// The same experiment under another scheme, and another name.
  public func under(_ scheme: SchemeName, name: String) throws(AllocationFault) -> AuditedExperiment {
    AuditedExperiment(name: name, policy: policy.with(plan: try plan.with(scheme: scheme)))
  }

  /// Place of each id's arm; the number of arms stands for not enrolled, and for ids that the scheme cannot read.
  func places(_ ids: UnitIDs) -> (arms: [UInt16], unreadable: Int) {
    var arms: [UInt16] = []
    arms.reserveCapacity(ids.count)
    var unreadable = 0
    let outside = UInt16(clamping: plan.arms.count)
    ids.forEach { id in
      do throws(AllocationFault) {
        arms.append(try policy.decide(id).arm.map { UInt16(clamping: $0) } ?? outside)
      } catch {
        unreadable += 1
        arms.append(outside)
      }
    }
    return (arms, unreadable)
  }
}

extension AllocationPlan {
  /// The same arms under another scheme or salt.
  package func with(scheme: SchemeName? = nil, salt: String? = nil) throws(AllocationFault) -> AllocationPlan {
    try AllocationPlan(
      scheme: scheme ?? self.scheme, salt: salt ?? self.salt, arms: arms, coverage: FixedPoint.text(coverage))
  }
}
