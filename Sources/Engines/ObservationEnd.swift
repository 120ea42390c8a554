import Experiments
import Tables

/// How many events each day has, and the latest of them: what tells the end of the observation from stray times.
///
/// Times are microseconds since 1970 (UTC), as all of `EventClock`.
struct EventDays: Sendable {
  struct Day: Sendable {
    var events = 0
    var latest = Int64.min
  }
  /// Days around the first one seen; empty before.
  private var near: [Day] = []
  private var firstNear: Int64 = 0
  /// Places of `near` that are in use.
  private var used = Int.max...Int.max
  /// The others, by day.
  private var far: [Int64: Day] = [:]

  private static let nearDays = 4096

  mutating func insert(_ time: Int64) { add(1, on: EventClock.day(of: time), latest: time) }

  /// Mostly a block's events are of one day, and then there is nothing to be done event by event.
  mutating func insert(_ times: [Int64]) {
    guard var low = times.first else { return }
    var high = low
    for time in times { (low, high) = (min(low, time), max(high, time)) }
    let day = EventClock.day(of: low)
    let last = EventClock.day(of: high)
    if day == last { return add(times.count, on: day, latest: high) }
    // Without a gap among them they are stray together or not at all: the first stands for where they begin, the last for all
    // the others.
    if last - day <= Self.strayGap {
      add(1, on: day, latest: low)
      return add(times.count - 1, on: last, latest: high)
    }
    prepare(day)
    use(day)
    use(EventClock.day(of: high))
    var others: [Int64] = []
    near.withUnsafeMutableBufferPointer { near in
      for time in times {
        let place = EventClock.day(of: time) &- firstNear
        if place >= 0, place < Self.nearDays {
          near[Int(place)].events &+= 1
          near[Int(place)].latest = max(near[Int(place)].latest, time)
        } else {
          others.append(time)
        }
      }
    }
    for time in others { insert(time) }
  }

  mutating func merge(_ other: EventDays) {
    for (day, more) in other.days { add(more.events, on: day, latest: more.latest) }
  }

  @inline(__always)
  private mutating func prepare(_ day: Int64) {
    guard near.isEmpty else { return }
    near = [Day](repeating: Day(), count: Self.nearDays)
    firstNear = day &- Int64(Self.nearDays / 2)
  }

  @inline(__always)
  private mutating func add(_ events: Int, on day: Int64, latest: Int64) {
    prepare(day)
    let place = day &- firstNear
    if place >= 0, place < Self.nearDays {
      use(day)
      near[Int(place)].events &+= events
      near[Int(place)].latest = max(near[Int(place)].latest, latest)
    } else {
      far[day, default: Day()].events += events
      far[day, default: Day()].latest = max(far[day]?.latest ?? .min, latest)
    }
  }

  /// Widens what is in use to a day, as far as it is near.
  @inline(__always)
  private mutating func use(_ day: Int64) {
    let place = Int(min(max(0, day &- firstNear), Int64(Self.nearDays - 1)))
    used = used.lowerBound == .max ? place...place : min(used.lowerBound, place)...max(used.upperBound, place)
  }

  /// Days with events, in no order.
  private var days: [(Int64, Day)] {
    near.indices.clamped(to: near.isEmpty ? 0..<0 : used.lowerBound..<used.upperBound + 1)
      .filter { near[$0].events > 0 }.map { (firstNear + Int64($0), near[$0]) } + far.map { ($0, $1) }
  }
}

extension EventDays {
  /// Events behind a gap of more than this many days are stray...
  static let strayGap: Int64 = 30
  /// ...if they are at most one in this many, or a single one.
  static let strayShare = 100
  /// Of fewer others nothing can be told.
  static let leastOthers = 10

  /// When the observation ended: at the latest event that is not stray.
  ///
  /// A sentinel such as 9999-12-31, or a telephone with a wrong clock, must not make every window seem to be over. An event
  /// that is taken for stray though it is not makes windows seem to end later than they did: units are then left out that could
  /// count, and no number is wrong.
  var end: (latest: Int64, strays: ExposureSummary.Strays?)? {
    let days = self.days.sorted { $0.0 < $1.0 }
    guard let last = days.last else { return nil }
    let total = days.reduce(0) { $0 + $1.1.events }
    let most = max(1, total / Self.strayShare)
    var (beyond, cut) = (0, days.count)
    for index in stride(from: days.count - 1, to: 0, by: -1) {
      beyond += days[index].1.events
      guard beyond <= most, total - beyond >= Self.leastOthers else { break }
      if days[index].0 - days[index - 1].0 > Self.strayGap { cut = index }
    }
    let strays = days[cut...]
    guard let first = strays.first else { return (last.1.latest, nil) }
    return (
      days[cut - 1].1.latest,
      ExposureSummary.Strays(
        events: strays.reduce(0) { $0 + $1.1.events }, from: first.0 * EventClock.secondsPerDay)
    )
  }
}

/// The clock of exposures and events: microseconds, so that nothing that logs tell apart is taken as one.
enum EventClock {
  // Literals, so that the compiler divides by multiplying.
  static let perSecond: Int64 = 1_000_000
  static let perDay: Int64 = 86_400_000_000
  static let secondsPerDay: Int64 = 86_400

  /// Microseconds of a duration in seconds; at most 300 years.
  static func span(_ seconds: Double) -> Int64 {
    Int64((min(max(seconds, 0), 1e10) * Double(perSecond)).rounded())
  }

  /// Whole seconds, the earlier one.
  static func seconds(_ time: Int64) -> Int64 { floor(time, perSecond) }

  /// Days since 1970.
  @inline(__always)
  static func day(of time: Int64) -> Int64 { floor(time, perDay) }

  @inline(__always)
  private static func floor(_ time: Int64, _ unit: Int64) -> Int64 { time / unit - (time % unit < 0 ? 1 : 0) }
}
