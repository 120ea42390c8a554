/// A switchback: a cluster, such as a city, gets an arm anew in every window of time.
///
/// The unit that is hashed is cluster ‖ "|" ‖ window index ‖ "|" ‖ number of bytes of the cluster, so that no two pairs meet.
/// - Source: Bojinov, I., Simchi-Levi, D. & Zhao, J. (2023), "Design and analysis of switchback experiments", Management
///   Science 69; consecutive windows are drawn independently.
public struct Switchback: Sendable {
  public let plan: AllocationPlan
  /// Seconds since 1970 at which window 0 begins.
  public let origin: Int64
  /// Seconds of one window.
  public let window: Int64
  /// Seconds at a window's start whose units are left out of the analysis: what the window before did wears off.
  public let burnIn: Int64

  /// - Throws: `AllocationFault` unless the window is positive and longer than its burn-in.
  public init(_ plan: AllocationPlan, origin: Int64 = 0, window: Int64, burnIn: Int64 = 0) throws(AllocationFault) {
    guard window > 0, burnIn >= 0, burnIn < window else { throw AllocationFault(.badWindow(window, burnIn: burnIn)) }
    self.plan = plan
    self.origin = origin
    self.window = window
    self.burnIn = burnIn
  }

  /// The window of a moment, counted from the origin's; before it they are negative. Nil for moments beyond the calendar.
  public func index(at time: Int64) -> Int64? { place(of: time)?.index }

  /// Whether a moment lies in its window's burn-in.
  public func isBurnIn(at time: Int64) -> Bool { place(of: time).map { $0.elapsed < burnIn } ?? false }

  /// The window of a moment, and the seconds since the window began.
  private func place(of time: Int64) -> (index: Int64, elapsed: Int64)? {
    let (since, overflow) = time.subtractingReportingOverflow(origin)
    guard !overflow else { return nil }
    let (quotient, remainder) = since.quotientAndRemainder(dividingBy: window)
    return remainder < 0 ? (quotient - 1, remainder + window) : (quotient, remainder)
  }

  /// - Throws: `AllocationFault` if the cluster is empty, the moment is beyond the calendar, or as the plan's `assign`.
  public func assign(cluster: String, at time: Int64) throws(AllocationFault) -> Assignment {
    guard !cluster.isEmpty else { throw AllocationFault(.emptyID) }
    guard let index = index(at: time) else { throw AllocationFault(.beyondCalendar) }
    return try plan.assign("\(cluster)|\(index)|\(cluster.utf8.count)")
  }
}
