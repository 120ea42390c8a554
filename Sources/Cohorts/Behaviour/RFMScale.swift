/// How recency, frequency and monetary value become scores: by rank in so many levels, or by cuts of one's own.
public struct RFMScale: Sendable, Hashable {
  /// Scores 1 ... levels by rank; see `RFM`.
  public var levels: Int
  /// Ascending limits; a score is 1 + the number of limits reached. Recency is the other way round: fewer days are better.
  public var recencyCuts: [Double]?
  public var frequencyCuts: [Double]?
  public var monetaryCuts: [Double]?

  public init(
    levels: Int = 5, recencyCuts: [Double]? = nil, frequencyCuts: [Double]? = nil, monetaryCuts: [Double]? = nil
  ) {
    self.levels = levels
    self.recencyCuts = recencyCuts
    self.frequencyCuts = frequencyCuts
    self.monetaryCuts = monetaryCuts
  }

  func validate() throws(CohortFault) {
    guard (2...100).contains(levels) else { throw CohortFault(.badLevels(levels)) }
    for cuts in [recencyCuts, frequencyCuts, monetaryCuts] {
      guard let cuts else { continue }
      guard !cuts.isEmpty, cuts.allSatisfy(\.isFinite), zip(cuts, cuts.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw CohortFault(.badCuts)
      }
    }
  }
}

/// Customers by their recency and frequency scores.
public struct RFMReport: Sendable, Codable, Equatable {
  public var customers: Int
  public var recencyLevels: Int
  public var frequencyLevels: Int
  /// The best recency first, of it the best frequency first; only cells that have customers.
  public var cells: [Cell]

  public struct Cell: Sendable, Codable, Equatable {
    public var recencyScore: Int
    public var frequencyScore: Int
    public var customers: Int
    public var share: Double
    public var meanMonetaryScore: Double
    public var meanRecencyDays: Double
    public var meanFrequency: Double
    public var meanMonetary: Double
    /// Of all customers' monetary value; nil if that is not positive.
    public var shareOfValue: Double?
  }

  init(_ rfm: RFM, scale: RFMScale) {
    customers = rfm.customers.count
    recencyLevels = scale.recencyCuts.map { $0.count + 1 } ?? scale.levels
    frequencyLevels = scale.frequencyCuts.map { $0.count + 1 } ?? scale.levels
    let value = rfm.customers.reduce(0) { $0 + $1.monetary }
    let total = rfm.customers.count
    cells = Dictionary(grouping: rfm.customers) { [$0.recencyScore, $0.frequencyScore] }
      .sorted { $1.key.lexicographicallyPrecedes($0.key) }.map { key, members in
        func mean(_ number: (RFM.Customer) -> Double) -> Double {
          members.reduce(0) { $0 + number($1) } / Double(members.count)
        }
        let own = members.reduce(0) { $0 + $1.monetary }
        return Cell(
          recencyScore: key[0], frequencyScore: key[1], customers: members.count,
          share: Double(members.count) / Double(total), meanMonetaryScore: mean { Double($0.monetaryScore) },
          meanRecencyDays: mean { Double($0.recencyDays) }, meanFrequency: mean { Double($0.frequency) },
          meanMonetary: mean(\.monetary), shareOfValue: value > 0 ? own / value : nil)
      }
  }
}
