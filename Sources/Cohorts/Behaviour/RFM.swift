/// Recency, frequency and monetary value of each customer, scored by rank.
///
/// Recency is whole days (local dates) before the end of observation; frequency is orders; monetary is their total value. A score
/// is 1 + floor(levels · share of customers strictly worse), so customers with equal values share a score. Refunds lower the
/// monetary value and are no orders.
///
/// - Checked against: plain Python, Datasets/References/rfm-small.json.
public struct RFM: Sendable, Equatable {
  public struct Customer: Sendable, Equatable {
    /// Index of the unit in the log.
    public var unit: Int
    public var recencyDays: Int
    public var frequency: Int
    public var monetary: Double
    /// 1 worst ... levels best.
    public var recencyScore: Int
    public var frequencyScore: Int
    public var monetaryScore: Int
  }

  public let levels: Int
  /// Units with at least one order, in order of their index.
  public let customers: [Customer]

  /// - Throws: `CohortFault` unless the log has amounts and the levels are in 2...100.
  public init(log: EventLog, assignment: CohortAssignment, levels: Int = 5) throws(CohortFault) {
    try self.init(log: log, assignment: assignment, scale: RFMScale(levels: levels))
  }

  /// - Throws: `CohortFault` unless the log has amounts, the levels are in 2...100 and cuts ascend.
  public init(log: EventLog, assignment: CohortAssignment, scale: RFMScale) throws(CohortFault) {
    guard let amounts = log.amounts else { throw CohortFault(.noAmounts) }
    try scale.validate()
    levels = scale.levels
    var customers = Self.totals(log, amounts, assignment)
    // Fewer days are better, so a cut at 30 days is one at -30, and 30 days still belong to the better side.
    let recencyCuts = scale.recencyCuts.map { $0.reversed().map { -$0 } }
    Self.score(&customers, levels, recencyCuts, by: { -Double($0.recencyDays) }, into: \.recencyScore)
    Self.score(&customers, levels, scale.frequencyCuts, by: { Double($0.frequency) }, into: \.frequencyScore)
    Self.score(&customers, levels, scale.monetaryCuts, by: \.monetary, into: \.monetaryScore)
    self.customers = customers
  }

  private static func totals(_ log: EventLog, _ amounts: [Double], _ assignment: CohortAssignment) -> [Customer] {
    var orders = [Int](repeating: 0, count: log.unitCount)
    var values = [Double](repeating: 0, count: log.unitCount)
    var last = [Int64](repeating: .min, count: log.unitCount)
    for event in 0..<log.count where PurchaseLog.isPurchase(log, assignment, event) {
      let unit = Int(log.units[event])
      values[unit] += amounts[event]
      guard amounts[event] >= 0 else { continue }
      orders[unit] += 1
      last[unit] = max(last[unit], log.times[event])
    }
    let today = assignment.calendar.day(of: assignment.asOf)
    return orders.indices.filter { orders[$0] > 0 }.map { unit in
      Customer(
        unit: unit, recencyDays: today - assignment.calendar.day(of: last[unit]), frequency: orders[unit],
        monetary: values[unit], recencyScore: 0, frequencyScore: 0, monetaryScore: 0)
    }
  }

  private static func score(
    _ customers: inout [Customer], _ levels: Int, _ cuts: [Double]?, by value: (Customer) -> Double,
    into place: WritableKeyPath<Customer, Int>
  ) {
    let values = customers.map(value)
    if let cuts {
      for index in customers.indices { customers[index][keyPath: place] = 1 + cuts.count { values[index] >= $0 } }
      return
    }
    let order = values.indices.sorted { values[$0] < values[$1] }
    var worse = 0
    for (rank, index) in order.enumerated() {
      if rank > 0, values[order[rank - 1]] < values[index] { worse = rank }
      customers[index][keyPath: place] = 1 + levels * worse / order.count
    }
  }
}
