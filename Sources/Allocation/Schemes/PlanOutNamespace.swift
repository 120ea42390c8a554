import Hashing

/// A PlanOut namespace: a fixed number of segments, dealt out to experiments and given back, so that they never overlap.
///
/// Which segments an experiment gets depends on the order of all additions and removals before it, so the history is replayed.
/// - Source: facebookarchive/planout, python/planout/namespace.py (`SimpleNamespace`) and ops/random.py (`Sample`).
public struct PlanOutNamespace: Sendable {
  public let name: String
  public let segments: Int
  /// Free segments, ascending.
  private var free: [Int]
  private var owners: [Int: String] = [:]

  /// - Throws: `AllocationFault` for an empty name or no segment.
  public init(name: String, segments: Int) throws(AllocationFault) {
    guard !name.isEmpty else { throw AllocationFault(.emptySalt) }
    guard segments > 0 else { throw AllocationFault(.overSubscribed(name: name, wanted: 1, free: 0)) }
    self.name = name
    self.segments = segments
    free = Array(0..<segments)
  }

  /// Gives an experiment segments, drawn from the free ones.
  ///
  /// - Returns: the segments in the order drawn.
  /// - Throws: `AllocationFault` if fewer are free, or the experiment has some already.
  @discardableResult
  public mutating func add(_ experiment: String, segments count: Int) throws(AllocationFault) -> [Int] {
    guard !owners.values.contains(experiment) else { throw AllocationFault(.armTwice(experiment)) }
    guard count >= 1, count <= free.count else {
      throw AllocationFault(.overSubscribed(name: name, wanted: count, free: free.count))
    }
    let drawn = Self.sample(free, count, salt: "\(name).sampled_segments.\(experiment)")
    for segment in drawn { owners[segment] = experiment }
    let taken = Set(drawn)
    free.removeAll { taken.contains($0) }
    return drawn
  }

  /// Gives an experiment's segments back.
  public mutating func remove(_ experiment: String) {
    free.append(contentsOf: owners.filter { $0.value == experiment }.keys)
    free.sort()
    owners = owners.filter { $0.value != experiment }
  }

  /// The segment of a unit: RandomInteger under the salt `name.segment`.
  public func segment(of unit: String) -> Int {
    let draw = Scheme.planOutDraw("\(name).segment", .modulo(UInt64(segments)))
    return Array(unit.utf8).withUnsafeBytes { Int(draw.value($0)) }
  }

  /// The experiment of a unit, if its segment belongs to one. Its salt is then `name.experiment`.
  public func experiment(of unit: String) -> String? { owners[segment(of: unit)] }

  /// `Sample`: shuffled by Fisher and Yates from the end, the first `count` taken.
  static func sample(_ choices: [Int], _ count: Int, salt: String) -> [Int] {
    var shuffled = choices
    for last in stride(from: choices.count - 1, to: 0, by: -1) {
      let draw = Scheme.planOutDraw(salt, .modulo(UInt64(last + 1)))
      let other = Array(String(last).utf8).withUnsafeBytes { Int(draw.value($0)) }
      shuffled.swapAt(last, other)
    }
    return Array(shuffled.prefix(count))
  }
}
