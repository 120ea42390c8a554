/// A plan at rising coverages. Every stage only adds units: nobody who has an arm gets another one.
public struct CoverageStages: Sendable {
  public let plans: [AllocationPlan]

  /// - Parameter coverages: shares in (0, 1], each above the one before.
  /// - Throws: `AllocationFault` if they do not rise, or the scheme has no coverage.
  public init(_ plan: AllocationPlan, coverages: [String]) throws(AllocationFault) {
    var plans: [AllocationPlan] = []
    var before = 0
    for text in coverages {
      guard let coverage = FixedPoint.millionths(text), coverage > before else {
        throw AllocationFault(.notRising(coverages.joined(separator: ", ")))
      }
      before = coverage
      plans.append(try AllocationPlan(scheme: plan.scheme, salt: plan.salt, arms: plan.arms, coverage: text))
    }
    guard !plans.isEmpty else { throw AllocationFault(.notRising("nothing")) }
    self.plans = plans
  }

  /// The plan of the last stage.
  public var last: AllocationPlan { plans[plans.count - 1] }

  /// The first stage, counted from 1, that enrols a unit; nil: none does.
  ///
  /// - Throws: `AllocationFault` as the plan's `assign`.
  public func stage(of id: UnsafeRawBufferPointer) throws(AllocationFault) -> Int? {
    for (index, plan) in plans.enumerated() where try plan.assign(id).arm != nil { return index + 1 }
    return nil
  }
}
