import Statistics

/// The purchases of each unit by local day, made of a log by stated rules.
///
/// - Several orders of one day are one purchase, with their values summed.
/// - A day whose sum is negative is a refund: no purchase, but it lowers the observed value.
/// - A day of value 0 is a purchase; a customer whose repeat purchases are all free is left out of the spend model.
/// - Without amounts every active day is a purchase.
public struct PurchaseLog: Sendable {
  /// Purchases of unit u are `days[offsets[u]..<offsets[u + 1]]`, ascending days since 1970-01-01.
  package let offsets: [Int]
  package let days: [Int32]
  package let values: [Double]
  /// Days whose sum was negative.
  public let refundDays: Int
  public let hasAmounts: Bool
  package let asOfDay: Int

  /// Units with at least one purchase.
  public var customers: Int { (0..<(offsets.count - 1)).count { offsets[$0] < offsets[$0 + 1] } }

  public init(log: EventLog, assignment: CohortAssignment) {
    let (places, eventDays, amounts) = Self.grouped(log, assignment)
    var (offsets, days, values): ([Int], [Int32], [Double]) = ([0], [], [])
    var refunds = 0
    for unit in 0..<log.unitCount {
      let slice = places[unit]..<places[unit + 1]
      let order = slice.sorted { (eventDays[$0], $0) < (eventDays[$1], $1) }
      var next = 0
      while next < order.count {
        let day = eventDays[order[next]]
        var sum = 0.0
        while next < order.count, eventDays[order[next]] == day {
          sum += amounts?[order[next]] ?? 0
          next += 1
        }
        if sum < 0 {
          refunds += 1
        } else {
          days.append(day)
          values.append(sum)
        }
      }
      offsets.append(days.count)
    }
    self.offsets = offsets
    self.days = days
    self.values = values
    refundDays = refunds
    hasAmounts = log.amounts != nil
    asOfDay = assignment.calendar.day(of: assignment.asOf)
  }

  static func isPurchase(_ log: EventLog, _ assignment: CohortAssignment, _ event: Int) -> Bool {
    let unit = Int(log.units[event])
    guard log.times[event] <= assignment.asOf, log.times[event] >= assignment.starts[unit] else { return false }
    if let amounts = log.amounts { return amounts[event].isFinite }
    return log.roles?[event].contains(.activity) ?? true
  }

  /// Events by unit: a counting sort.
  private static func grouped(
    _ log: EventLog, _ assignment: CohortAssignment
  ) -> (places: [Int], days: [Int32], amounts: [Double]?) {
    var places = [Int](repeating: 0, count: log.unitCount + 1)
    for event in 0..<log.count where isPurchase(log, assignment, event) { places[Int(log.units[event]) + 1] += 1 }
    for unit in 0..<log.unitCount { places[unit + 1] += places[unit] }
    var next = places
    var days = [Int32](repeating: 0, count: places[log.unitCount])
    var amounts = log.amounts.map { _ in [Double](repeating: 0, count: places[log.unitCount]) }
    for event in 0..<log.count where isPurchase(log, assignment, event) {
      let unit = Int(log.units[event])
      days[next[unit]] = Int32(assignment.calendar.day(of: log.times[event]))
      if let column = log.amounts { amounts?[next[unit]] = column[event] }
      next[unit] += 1
    }
    return (places, days, amounts)
  }

  /// What the models need of one customer, as seen at the end of a day.
  struct Customer {
    var unit: Int
    /// Times in weeks.
    var row: CustomerHistory.Row
    /// Mean value of the repeat purchases; 0 without any.
    var meanValue: Double
    /// Purchases after that day.
    var later: Int
  }

  /// Customers whose first purchase is at or before `day`.
  func customers(asOf day: Int) -> [Customer] {
    var found: [Customer] = []
    for unit in 0..<(offsets.count - 1) {
      let slice = offsets[unit]..<offsets[unit + 1]
      guard let start = slice.first, Int(days[start]) <= day else { continue }
      let seen = slice.prefix { Int(days[$0]) <= day }
      let repeats = seen.dropFirst()
      let recency = Double(days[seen.upperBound - 1] - days[start]) / 7
      let value = repeats.isEmpty ? 0 : repeats.reduce(0) { $0 + values[$1] } / Double(repeats.count)
      found.append(
        Customer(
          unit: unit,
          row: CustomerHistory.Row(
            frequency: repeats.count, recency: recency, age: Double(day - Int(days[start])) / 7),
          meanValue: value, later: slice.count - seen.count))
    }
    return found
  }
}
