/// Who works on a node: the value of `resources=`.
///
/// `3`: three servers of this node. `reviewers:3`: three servers of a pool that other nodes name as `reviewers`.
/// `reviewers:3 mon-fri 09:00-17:00`: they work in these hours (UTC); work goes on where it stopped.
public struct ServerPool: Sendable, Hashable {
  /// Nil: the servers are the node's own.
  public var name: String?
  /// Nil: the number is said at another node of the pool.
  public var servers: Int?
  /// Nil: always open.
  public var hours: WorkingHours?

  static let expectation = "servers such as 3, reviewers:3 or reviewers:3 mon-fri 09:00-17:00"

  package init(parsing text: String) throws(AttributeFault) {
    let fault = AttributeFault(expected: Self.expectation, found: text)
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first, words.count == 1 || words.count == 3 else { throw fault }
    let parts = first.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1: (name, servers) = Int(parts[0]).map { (nil, $0) } ?? (parts[0], nil)
    case 2: (name, servers) = (parts[0], Int(parts[1]))
    default: throw fault
    }
    if let name, !(name.utf8.first?.isIdentifierHead ?? false) || !name.utf8.allSatisfy(\.isIdentifierTail) {
      throw fault
    }
    guard servers.map({ (1...1_000_000).contains($0) }) ?? (parts.count == 1) else { throw fault }
    guard words.count == 3 else { return }
    guard servers != nil, let hours = WorkingHours(days: words[1], hours: words[2]) else { throw fault }
    self.hours = hours
  }
}

/// Hours of a week in which work goes on, in UTC.
public struct WorkingHours: Sendable, Hashable {
  package static let weekLength = 604_800.0
  /// Seconds from Monday 00:00, ascending, apart from each other; at least one.
  package let shifts: [Range<Double>]

  /// `mon-fri` or `mon,wed,sat`; `09:00-12:00,13:00-17:00`. An end of 24:00 is midnight.
  init?(days: String, hours: String) {
    var spans: [Range<Double>] = []
    for part in hours.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Self.time($0) }
      guard ends.count == 2, ends[0] < ends[1] else { return nil }
      spans.append(ends[0]..<ends[1])
    }
    guard !spans.isEmpty, let days = Self.days(days) else { return nil }
    spans.sort { $0.lowerBound < $1.lowerBound }
    for (a, b) in zip(spans, spans.dropFirst()) where a.upperBound > b.lowerBound { return nil }
    let all = days.flatMap { day in
      spans.map { $0.lowerBound + Double(day) * 86_400..<$0.upperBound + Double(day) * 86_400 }
    }
    shifts = all.reduce(into: []) { shifts, next in
      if let last = shifts.last, last.upperBound == next.lowerBound {
        shifts[shifts.count - 1] = last.lowerBound..<next.upperBound
      } else {
        shifts.append(next)
      }
    }
  }

  /// Open seconds a week.
  package var open: Double { shifts.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

  private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  private static func days(_ text: String) -> [Int]? {
    var days: Set<Int> = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { names.firstIndex(of: String($0)) }
      guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last,
        ends.count == part.split(separator: "-").count
      else { return nil }
      days.formUnion(first...last)
    }
    return days.isEmpty ? nil : days.sorted()
  }

  private static func time(_ text: Substring) -> Double? {
    let parts = text.split(separator: ":").compactMap { Int($0) }
    guard parts.count == 2, (0...24).contains(parts[0]), (0..<60).contains(parts[1]) else { return nil }
    let seconds = Double(parts[0] * 3600 + parts[1] * 60)
    return seconds <= 86_400 ? seconds : nil
  }
}
