import Foundation

/// How long a test tries random inputs: a number of rounds, and on from there until `VERDICT_FUZZ_SECONDS` have passed.
package struct FuzzBudget {
  private var rounds: Int
  private let deadline: ContinuousClock.Instant

  package init(rounds: Int) {
    self.rounds = rounds
    let seconds = Double(ProcessInfo.processInfo.environment["VERDICT_FUZZ_SECONDS"] ?? "") ?? 0
    deadline = ContinuousClock.now + .seconds(seconds)
  }

  /// Takes one round.
  package mutating func goesOn() -> Bool {
    rounds -= 1
    return rounds >= 0 || ContinuousClock.now < deadline
  }
}
