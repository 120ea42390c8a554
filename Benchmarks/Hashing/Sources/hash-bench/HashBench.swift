import CLoop
import Foundation
import Verdict

/// Million ids a second on one core: the library's `AllocationPlan.assign` beside a C loop over the same ids, taken in turns.
@main enum HashBench {
  static func main() throws {
    let ids = IDs(count: 1_000_000)
    print("\(ids.count) ids of 16 to 36 bytes in one buffer, one core, best of 9 in turns, M ids/s")
    try measure("MurmurHash3: flagd/2", .flagd2, ids, beside: "C loop") { ids.murmur3InC() }
    try measure("MurmurHash3: unleash/1", .unleash, ids, beside: "C loop") { ids.murmur3InC() }
    try measure("FNV-1a: growthbook/1", .growthbook1, ids, beside: "C loop") { ids.fnv1aInC() }
    try measure("FNV-1a twice: growthbook/2", .growthbook2, ids)
    try measure("CRC-32: flipper/1", .flipper, ids)
    try measure("SHA-256: verdict/1", .verdict1, ids)
    try measure("MD5: eppo/1", .eppo, ids)
    try measure("SHA-1: launchdarkly/1", .launchdarkly, ids)
  }

  private static func measure(
    _ name: String, _ scheme: SchemeName, _ ids: IDs, beside other: String? = nil, _ peer: () -> UInt64 = { 1 }
  ) throws {
    let plan = try AllocationPlan(scheme: scheme, salt: "checkout", arms: Arm.list("a=50,b=50"))
    var (many, one, their) = (Double.infinity, Double.infinity, Double.infinity)
    for _ in 0..<9 {
      their = min(their, seconds(peer))
      many = min(many, try seconds { try ids.assignAll(plan) })
      one = min(one, try seconds { try ids.assignOneByOne(plan) })
    }
    if let other { report("\(name), \(other)", ids.count, their, nil) }
    report("\(name), all at once", ids.count, many, other == nil ? nil : many / their)
    report("\(name), one by one", ids.count, one, other == nil ? nil : one / their)
  }

  private static func seconds(_ body: () throws -> UInt64) rethrows -> Double {
    // The processor's time of this thread, which other programs do not lengthen.
    var (start, end) = (timespec(), timespec())
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
    let check = try body()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
    precondition(check > 0)
    return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
  }

  private static func report(_ name: String, _ count: Int, _ seconds: Double, _ ratio: Double?) {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    print(
      padded(name, 40) + padded(rounded(Double(count) / seconds / 1e6), 10)
        + (ratio.map { "\(rounded($0)) times the C loop's time" } ?? ""))
  }
}

/// Ids behind each other in one buffer.
final class IDs {
  private var text: [UInt8] = []
  private var ends: [Int] = []
  private let buffer: UnsafeMutableRawBufferPointer
  private let pieces: [UnsafeRawBufferPointer]
  var count: Int { ends.count }

  init(count: Int) {
    var state: UInt64 = 20_261_123
    for _ in 0..<count {
      // A linear congruential generator (Knuth, MMIX) is random enough for letters.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for place in 0..<16 + Int(state >> 33) % 21 { text.append(UInt8(97 + (state >> UInt64(place % 48)) % 26)) }
      ends.append(text.count)
    }
    buffer = .allocate(byteCount: text.count, alignment: 64)
    buffer.copyBytes(from: text)
    var start = 0
    var pieces: [UnsafeRawBufferPointer] = []
    for end in ends {
      pieces.append(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
      start = end
    }
    self.pieces = pieces
  }

  deinit { buffer.deallocate() }

  func assignOneByOne(_ plan: AllocationPlan) throws -> UInt64 {
    try withIDs { ids in
      var sum = 1
      for id in ids { sum &+= try plan.assign(id).bucket }
      return UInt64(truncatingIfNeeded: sum)
    }
  }

  func assignAll(_ plan: AllocationPlan) throws -> UInt64 {
    try withIDs { ids in
      var arms = [Int32](repeating: 0, count: ids.count)
      try arms.withUnsafeMutableBufferPointer { try plan.assign(ids, arms: $0) }
      return arms.reduce(1) { $0 &+ UInt64(truncatingIfNeeded: $1) }
    }
  }

  private func withIDs(_ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws -> UInt64) rethrows -> UInt64 {
    try pieces.withUnsafeBufferPointer(body)
  }

  func murmur3InC() -> UInt64 { cloop_murmur3(text, ends, ends.count, "checkout", 100) }
  func fnv1aInC() -> UInt64 { cloop_fnv1a(text, ends, ends.count, "checkout", 1000) }
}
