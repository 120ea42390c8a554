import Cohorts

/// Events by share of the units, each share's in their order; the memory of a share only grows. One thread at a time fills it.
final class EventShares: @unchecked Sendable {
  private struct Share {
    var start: UnsafeMutablePointer<ActivityEvent>
    var count = 0
    var capacity: Int
  }
  private let shares: UnsafeMutableBufferPointer<Share>

  private static let firstCapacity = 64

  init(_ count: Int) {
    shares = .allocate(capacity: count)
    for share in 0..<count {
      shares.initializeElement(
        at: share, to: Share(start: .allocate(capacity: Self.firstCapacity), capacity: Self.firstCapacity))
    }
  }

  deinit {
    for share in shares { share.start.deallocate() }
    shares.deallocate()
  }

  subscript(share: Int) -> UnsafeBufferPointer<ActivityEvent> {
    UnsafeBufferPointer(start: shares[share].start, count: shares[share].count)
  }

  @inline(__always)
  func append(_ event: ActivityEvent, to share: Int) {
    if shares[share].count == shares[share].capacity { grow(share) }
    shares[share].start[shares[share].count] = event
    shares[share].count &+= 1
  }

  func removeAll() { for share in shares.indices { shares[share].count = 0 } }

  private func grow(_ index: Int) {
    let old = shares[index]
    let larger = UnsafeMutablePointer<ActivityEvent>.allocate(capacity: 2 * old.capacity)
    larger.initialize(from: old.start, count: old.count)
    old.start.deallocate()
    shares[index] = Share(start: larger, count: old.count, capacity: 2 * old.capacity)
  }
}
