import Statistics

/// When a group-sequential run is looked at, and how fast alpha may be spent.
///
/// Information is counted in units, all arms together, over the planned ones. Alpha is spent at the information that each
/// look really has, so looks may be moved, added or left out, as long as their times do not depend on the results.
public struct GroupSequentialPlan: Sendable, Hashable {
  /// The spending functions by their names in specs and options.
  public enum Spending: String, Sendable, Hashable, Codable, CaseIterable {
    case obrienFleming = "obrien-fleming"
    case pocock
    case hwangShihDeCani = "hwang-shih-decani"
    case kimDeMets = "kim-demets"

    /// gamma or rho; nil where the function has none.
    public var defaultParameter: Double? {
      switch self {
      case .obrienFleming, .pocock: nil
      case .hwangShihDeCani: -4
      case .kimDeMets: 3
      }
    }

    /// In words, what the parameter must be.
    public var parameterDomain: String? {
      switch self {
      case .obrienFleming, .pocock: nil
      case .hwangShihDeCani: "gamma, a number in [-40, 40]"
      case .kimDeMets: "rho, a number in (0, 50]"
      }
    }
  }

  public var spending: Spending
  /// gamma of Hwang-Shih-DeCani, rho of Kim-DeMets; nil: the default.
  public var parameter: Double?
  /// The planned looks as fractions of the planned units, increasing, the last 1.
  public var looks: [Double]
  /// Units at the looks that were taken before this one, in their order.
  public var earlierUnits: [Int]

  public init(
    spending: Spending = .obrienFleming, parameter: Double? = nil, looks: [Double] = Self.equalLooks(4),
    earlierUnits: [Int] = []
  ) {
    self.spending = spending
    self.parameter = parameter
    self.looks = looks
    self.earlierUnits = earlierUnits
  }

  /// 1/n, 2/n, …, 1.
  public static func equalLooks(_ count: Int) -> [Double] {
    (0..<max(1, count)).map { $0 + 1 >= count ? 1 : Double($0 + 1) / Double(count) }
  }

  public var function: SpendingFunction {
    let parameter = parameter ?? spending.defaultParameter ?? 0
    return switch spending {
    case .obrienFleming: .lanDeMetsOBrienFleming
    case .pocock: .lanDeMetsPocock
    case .hwangShihDeCani: .hwangShihDeCani(gamma: parameter)
    case .kimDeMets: .kimDeMets(rho: parameter)
    }
  }

  /// What is wrong with planned looks, in words; nil if nothing is.
  public static func fault(inLooks looks: [Double]) -> String? {
    let grows = zip(looks, looks.dropFirst()).allSatisfy { $0 < $1 }
    guard let first = looks.first, first > 0, grows, looks.last == 1, looks.count <= 100 else {
      return "at most 100 increasing shares of the planned units, the last 1 (100%)"
    }
    return nil
  }
}
