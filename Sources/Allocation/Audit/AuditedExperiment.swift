/// An experiment of a programme: a name and its allocation.
public struct AuditedExperiment: Sendable {
  public let name: String
  public let plan: AllocationPlan

  public init(name: String, plan: AllocationPlan) {
    self.name = name
    self.plan = plan
  }

  /// Place of each id's arm; the number of arms stands for not enrolled, and for ids that the scheme cannot read.
  func places(_ ids: UnitIDs) -> (arms: [UInt8], unreadable: Int) {
    var arms: [UInt8] = []
    arms.reserveCapacity(ids.count)
    var unreadable = 0
    let outside = UInt8(clamping: plan.arms.count)
    ids.forEach { id in
      do throws(AllocationFault) {
        arms.append(try plan.assign(id).arm.map { UInt8(clamping: $0) } ?? outside)
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
