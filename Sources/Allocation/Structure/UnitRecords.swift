/// Arms of single units: overrides, sticky records, or a table that an allocation was written to.
///
/// Units are told apart by the bytes of their ids: text that is canonically equal but differs in bytes is another unit. A record
/// holds the arm's name, so that arms may be reordered, and a version, so that old ones can be let go.
public struct UnitRecords: Sendable {
  private var arms: [[UInt8]: Int?] = [:]
  /// Records that are not honoured: their arm is gone, or their version is too old.
  public private(set) var lapsed = 0

  public init() {}

  public var isEmpty: Bool { arms.isEmpty }
  public var count: Int { arms.count }

  /// An arm for a unit.
  ///
  /// - Throws: `AllocationFault` if there is no such arm, the id is empty, or the unit is there already.
  public mutating func add(_ id: String, arm: String, of plan: AllocationPlan) throws(AllocationFault) {
    guard let place = plan.place(of: arm) else {
      throw AllocationFault(.unknownArm(arm, known: plan.arms.map(\.name)))
    }
    try insert(id, place)
  }

  /// What a unit had before. It counts if the arm still exists and the version is not below `minimum`.
  ///
  /// - Parameter arm: empty: the unit was not enrolled, and is now drawn as any other.
  /// - Throws: `AllocationFault` if the id is empty, or the unit is there already.
  public mutating func restore(
    _ id: String, arm: String, version: Int = 0, minimum: Int = 0, of plan: AllocationPlan
  ) throws(AllocationFault) {
    let place = version >= minimum ? plan.place(of: arm) : nil
    if place == nil, !arm.isEmpty { lapsed += 1 }
    try insert(id, place)
  }

  private mutating func insert(_ id: String, _ place: Int?) throws(AllocationFault) {
    let bytes = Array(id.utf8)
    guard !bytes.isEmpty else { throw AllocationFault(.emptyID) }
    guard arms.updateValue(place, forKey: bytes) == nil else { throw AllocationFault(.duplicateID) }
  }

  func arm(of id: UnsafeRawBufferPointer) -> Int? { arms.isEmpty ? nil : arms[Array(id)] ?? nil }
}

extension AllocationPlan {
  /// Place of the arm of this name, by its bytes.
  func place(of arm: String) -> Int? { arms.firstIndex { $0.name.utf8.elementsEqual(arm.utf8) } }
}
