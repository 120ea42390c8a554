import Allocation
import Statistics

/// What is simulated.
public struct SimulationPlan: Sendable {
  /// When cases begin.
  public enum Arrivals: Sendable, Hashable {
    /// A case every so many seconds; 0: all at once.
    case every(Double)
    /// At random, so many seconds apart in the mean: a Poisson process.
    case random(mean: Double)
  }
  /// What makes a variant.
  public struct Arm: Sendable, Hashable {
    public var name: String
    public var weight: String
    /// Its branch probabilities from the split node on.
    public var overrides: [BranchOverride]
    public init(_ name: String, weight: String = "1", overrides: [BranchOverride] = []) {
      (self.name, self.weight, self.overrides) = (name, weight, overrides)
    }
  }

  public var cases = 10_000
  public var seed: UInt64 = 1
  /// Seconds since 1970 (UTC) at which the first case can begin; 2026-01-05, a Monday.
  public var start = 1_767_571_200.0
  public var arrivals = Arrivals.random(mean: 60)
  /// Seconds after the start at which observation ends: later events are not logged, and their cases are open.
  public var observed: Double?
  public var casesPerUnit = 1
  /// Two or more make an experiment; a unit's arm is the hash of its id.
  public var arms: [Arm] = []
  /// The salt of the hash; nil: the id that `split=` names.
  public var salt: String?
  /// Independent runs of a model with servers; the log is of the first.
  public var replications = 1
  /// Also log when work at a node begins.
  public var logsStarts = false
  /// Nil: one a core. Nothing depends on it.
  public var threads: Int?

  public init() {}

  func validate() throws(ProcessFault) {
    func require(_ holds: Bool, _ name: String, _ expected: String, _ found: String) throws(ProcessFault) {
      guard holds else { throw .badSetting(name: name, expected: expected, found: found) }
    }
    try require((1...1_000_000_000).contains(cases), "cases", "1 to 1000000000", "\(cases)")
    try require((1...1_000_000).contains(casesPerUnit), "cases per unit", "1 to 1000000", "\(casesPerUnit)")
    try require((1...10_000).contains(replications), "replications", "1 to 10000", "\(replications)")
    try require(arms.count != 1, "variants", "none, or two or more", "1")
    let gap =
      switch arrivals {
      case .every(let gap), .random(let gap): gap
      }
    try require((0...1e8).contains(gap), "arrivals", "0 s to about 3 years apart", "\(gap) s")
    try require((0...2e11).contains(start), "start", "a date from 1970 on", "\(start)")
    if let observed { try require(observed > 0, "observation", "a length above 0", "\(observed) s") }
  }
}
