/// What the purchase models need of customers: (repeat purchases, time of the last one, age), equal rows counted once.
///
/// Times are since the customer's first purchase, in one unit. Purchases of one day are one purchase.
public struct CustomerHistory: Sendable, Hashable {
  /// One customer's purchases after the first, in one unit of time.
  public struct Row: Sendable, Hashable {
    /// Repeat purchases, x.
    public var frequency: Int
    /// Time of the last repeat purchase, t_x; 0 if there is none.
    public var recency: Double
    /// Time from the first purchase to the end of observation, T.
    public var age: Double
    /// Repeat purchases, the time of the last one and of now, both since the first purchase.
    public init(frequency: Int, recency: Double, age: Double) {
      self.frequency = frequency
      self.recency = recency
      self.age = age
    }
  }

  /// Distinct rows in order of first appearance.
  public let rows: [Row]
  /// Customers with each row.
  public let counts: [Double]
  /// Place in `rows` by customer.
  public let rowOfCustomer: [Int]
  /// Customers, those with equal histories counted one by one.
  public var customers: Int { rowOfCustomer.count }

  /// - Throws: `DomainError` if there are no customers, a number is negative or not finite, a recency exceeds the age, or
  ///   recency and frequency contradict each other.
  public init(_ customers: [Row]) throws(DomainError) {
    guard !customers.isEmpty else { throw DomainError("customers", 0, "must be at least 1") }
    var places: [Row: Int] = [:]
    places.reserveCapacity(customers.count)
    var (rows, counts, rowOfCustomer): ([Row], [Double], [Int]) = ([], [], [])
    for row in customers {
      try Self.check(row)
      let place = places[row] ?? rows.count
      if place == rows.count {
        places[row] = place
        rows.append(row)
        counts.append(0)
      }
      counts[place] += 1
      rowOfCustomer.append(place)
    }
    self.rows = rows
    self.counts = counts
    self.rowOfCustomer = rowOfCustomer
  }

  private static func check(_ row: Row) throws(DomainError) {
    guard row.frequency >= 0 else { throw DomainError("frequency", Double(row.frequency), "must be at least 0") }
    guard row.age >= 0, row.age.isFinite else { throw DomainError("age", row.age, "must be finite and at least 0") }
    guard row.recency >= 0, row.recency <= row.age else {
      throw DomainError("recency", row.recency, "must be between 0 and the age, \(row.age)")
    }
    guard row.frequency > 0 || row.recency == 0 else {
      throw DomainError("recency", row.recency, "must be 0 for a customer without a repeat purchase")
    }
    guard row.frequency == 0 || row.recency > 0 else {
      throw DomainError("recency", row.recency, "must be positive for a customer with a repeat purchase")
    }
  }
}

extension CustomerHistory {
  /// The same customers with times in another unit.
  func timeDivided(by scale: Double) -> CustomerHistory {
    CustomerHistory(
      rows: rows.map { Row(frequency: $0.frequency, recency: $0.recency / scale, age: $0.age / scale) }, counts: counts,
      rowOfCustomer: rowOfCustomer)
  }

  private init(rows: [Row], counts: [Double], rowOfCustomer: [Int]) {
    self.rows = rows
    self.counts = counts
    self.rowOfCustomer = rowOfCustomer
  }
}
