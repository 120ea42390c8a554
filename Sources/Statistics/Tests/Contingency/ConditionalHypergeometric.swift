import Foundation

/// Fisher's noncentral hypergeometric law: the successes among the treated, given all margins of a 2 x 2 table.
///
/// P(k) ∝ C(treated, k) C(others, successes - k) ω^k. Sums begin at the largest term and leave out only what is below the
/// last bit, so a table of millions costs a few standard deviations of terms.
/// - Source: Cornfield, J. (1956), "A statistical problem arising from retrospective studies", Berkeley Symposium 3.
struct ConditionalHypergeometric: Sendable {
  let treated: Int
  let others: Int
  let successes: Int

  var support: ClosedRange<Int> { max(0, successes - others)...min(treated, successes) }

  /// log P(k) for an odds ratio of 1, by three binomial masses of one success rate, which cancels.
  func logMass(_ k: Int) -> Double {
    let total = treated + others
    guard let a = try? Binomial(trials: treated, probability: Double(successes) / Double(total)),
      let b = try? Binomial(trials: others, probability: a.probability),
      let all = try? Binomial(trials: total, probability: a.probability)
    else { return .nan }
    return a.logMass(k) + b.logMass(successes - k) - all.logMass(successes)
  }

  /// P(k + 1) / P(k), falling in k.
  private func ratio(after k: Int) -> Double {
    Double(treated - k) * Double(successes - k) / (Double(k + 1) * Double(others - successes + k + 1))
  }

  private func mode(logOdds: Double) -> Int {
    let ends = support
    let odds = exp(logOdds)
    return DiscreteSearch.smallest(in: ends) { $0 == ends.upperBound || ratio(after: $0) * odds < 1 }
  }

  /// Σ_{j >= k} P(j) / P(k), upwards or downwards from k.
  private func relativeTail(from k: Int, upwards: Bool, odds: Double) -> Double {
    var (sum, term, place) = (1.0, 1.0, k)
    let ends = support
    while upwards ? place < ends.upperBound : place > ends.lowerBound {
      let step = upwards ? ratio(after: place) * odds : 1 / (ratio(after: place - 1) * odds)
      term *= step
      place += upwards ? 1 : -1
      sum += term
      if step < 1, term < 1e-18 * sum * (1 - step) { break }
    }
    return sum
  }

  /// log P(X >= k), or log P(X <= k), for an odds ratio exp(logOdds).
  func logTail(_ k: Int, upwards: Bool, logOdds: Double = 0) -> Double {
    let ends = support
    if upwards ? k <= ends.lowerBound : k >= ends.upperBound { return 0 }
    if upwards ? k > ends.upperBound : k < ends.lowerBound { return -.infinity }
    let odds = exp(logOdds)
    let top = mode(logOdds: logOdds)
    if upwards ? k <= top : k >= top {
      // The larger part: one minus the other tail keeps its digits.
      return Special.log1mexp(logTail(upwards ? k - 1 : k + 1, upwards: !upwards, logOdds: logOdds))
    }
    let all =
      relativeTail(from: top, upwards: true, odds: odds) + relativeTail(from: top, upwards: false, odds: odds) - 1
    let gap = logMass(k) - logMass(top) + Double(k - top) * logOdds
    return gap + log(relativeTail(from: k, upwards: upwards, odds: odds) / all)
  }

  /// E[X], rising in the odds.
  func mean(logOdds: Double) -> Double {
    let odds = exp(logOdds)
    let top = mode(logOdds: logOdds)
    let ends = support
    var (sum, first) = (1.0, 0.0)
    for upwards in [true, false] {
      var (term, place) = (1.0, top)
      while upwards ? place < ends.upperBound : place > ends.lowerBound {
        let step = upwards ? ratio(after: place) * odds : 1 / (ratio(after: place - 1) * odds)
        term *= step
        place += upwards ? 1 : -1
        sum += term
        first += term * Double(place - top)
        if step < 1, term * Double(abs(place - top)) < 1e-18 * sum * (1 - step) { break }
      }
    }
    return Double(top) + first / sum
  }
}
