import Foundation

/// How many different units have been seen after so many days.
///
/// Users come back, so the units of d days are fewer than d times those of a day. Within the days observed the curve is the
/// data; beyond them it goes on as a power of time, U(d) = U(D) (d/D)^b, with the exponent of the second half of the days,
/// b = log(U(D)/U(D/2)) / log 2, kept in [0, 1]. A b of 1 is steady traffic of new units, 0 a closed population.
/// - Source: the power law of distinct against all items: Heaps (1978), Information Retrieval, section 7.5.
public struct TrafficCurve: Sendable, Hashable {
  /// Different units after 0, 1, 2, … whole days; never falls.
  private let cumulative: [Double]
  /// b, beyond the observed days.
  public let exponent: Double

  /// The same number of new units each day.
  ///
  /// - Throws: `DesignFault` unless it is positive.
  public static func steady(unitsPerDay: Double) throws(DesignFault) -> TrafficCurve {
    guard unitsPerDay > 0, unitsPerDay.isFinite else {
      throw .outside("units a day", unitsPerDay, "must be positive and finite")
    }
    return TrafficCurve(cumulative: [0, unitsPerDay], exponent: 1)
  }

  /// - Parameter newUnits: units seen for the first time on each of consecutive days, the first day first.
  /// - Throws: `DesignFault` unless no number is negative and one is positive.
  public init(newUnits: [Double]) throws(DesignFault) {
    for (day, count) in newUnits.enumerated() where !(count >= 0 && count.isFinite) {
      throw .outside("new units of day \(day + 1)", count, "must be finite and not negative")
    }
    var sums = [0.0]
    for count in newUnits { sums.append((sums.last ?? 0) + count) }
    guard let total = sums.last, total > 0 else { throw .outside("units in the observed days", 0, "must be positive") }
    let days = newUnits.count
    var exponent = 1.0
    if days >= 2 {
      let half = Self.interpolated(sums, Double(days) / 2)
      exponent = half > 0 ? min(1, max(0, log2(total / half))) : 1
    }
    self.init(cumulative: sums, exponent: exponent)
  }

  private init(cumulative: [Double], exponent: Double) {
    self.cumulative = cumulative
    self.exponent = exponent
  }

  private var observedDays: Double { Double(cumulative.count - 1) }
  private var observedUnits: Double { cumulative[cumulative.count - 1] }

  /// Different units after `days`, which may be a fraction.
  public func units(after days: Double) -> Double {
    guard days > 0 else { return 0 }
    return days <= observedDays
      ? Self.interpolated(cumulative, days) : observedUnits * pow(days / observedDays, exponent)
  }

  /// Days until so many units have been seen; nil if the traffic levels off before.
  public func days(until units: Double) -> Double? {
    guard units > 0 else { return 0 }
    guard units > observedUnits else {
      let day = cumulative.firstIndex { $0 >= units } ?? cumulative.count - 1
      let (before, after) = (cumulative[day - 1], cumulative[day])
      return Double(day - 1) + (units - before) / (after - before)
    }
    guard exponent > 0 else { return nil }
    let days = observedDays * pow(units / observedUnits, 1 / exponent)
    return days.isFinite ? days : nil
  }

  private static func interpolated(_ sums: [Double], _ days: Double) -> Double {
    let day = min(Int(days), sums.count - 1)
    guard day + 1 < sums.count else { return sums[sums.count - 1] }
    return sums[day] + (sums[day + 1] - sums[day]) * (days - Double(day))
  }
}
