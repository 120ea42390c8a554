import Foundation

/// What BG/NBD and MBG/NBD share: purchases at a Gamma-distributed rate, and a Beta-distributed probability of leaving at each
/// chance to leave. The models differ in whether the first purchase is such a chance.
///
/// Written with the chances m so far (m = x, or x + 1) the likelihood of one customer is
///   Γ(r+x) αʳ / Γ(r) · B(a, b+m) / B(a, b) · [ (α+T)^-(r+x) + a/(b+m-1) (α+t)^-(r+x) ],   the second term only if m > 0.
struct BetaGeometricKernel: Sendable, Hashable {
  let r: Double
  let alpha: Double
  let a: Double
  let b: Double
  /// 0: a customer can leave after each repeat purchase; 1: after the first one as well.
  let immediateChances: Int

  typealias Row = CustomerHistory.Row

  /// log of dead weight over alive weight; -inf where the customer had no chance to leave.
  private func logOddsGone(_ row: Row) -> Double {
    let chances = row.frequency + immediateChances
    guard chances > 0 else { return -.infinity }
    return log(a / (b + Double(chances - 1))) - (r + Double(row.frequency)) * logShrinkage(row)
  }

  /// log((α + t_x) / (α + T)) <= 0.
  private func logShrinkage(_ row: Row) -> Double { log1p(-(row.age - row.recency) / (alpha + row.age)) }

  func probabilityAlive(_ row: Row) -> Double { Special.logistic(-logOddsGone(row)) }

  func logLikelihood(_ row: Row) -> Double {
    let (x, m) = (Double(row.frequency), Double(row.frequency + immediateChances))
    let purchases =
      Special.logGamma(r + x) - Special.logGamma(r) - r * log1p(row.age / alpha) - x * log(alpha + row.age)
    let staying = Special.lbeta(a, b + m) - Special.lbeta(a, b)
    return purchases + staying + Self.log1pexp(logOddsGone(row))
  }

  private static func log1pexp(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

  /// 1 / (1 + e^-x), and e^-|x|, of which log(1 + e^x) is max(x, 0) + log(1 + e^-|x|).
  @inline(__always)
  private static func logistic(_ x: Double) -> (share: Double, small: Double) {
    let small = exp(-abs(x))
    return ((x > 0 ? 1 : small) / (1 + small), small)
  }

  /// Value and gradient on the logarithms of r, alpha, a, b. Gamma quotients are running sums over x, shared by all rows.
  func logLikelihoodAndGradient(_ history: CustomerHistory) -> (value: Double, gradient: [Double]) {
    let found = evaluation(history)
    return (found.value, found.gradient)
  }

  /// Minus the Hessian of the same on the logarithms of r, alpha, a, b: θᵢ θⱼ Lᵢⱼ, and θᵢ Lᵢ more on the diagonal.
  func observedInformation(_ history: CustomerHistory) -> [[Double]] { evaluation(history).information() }

  /// Both; the information needs no logarithm that the gradient did not.
  func evaluation(_ history: CustomerHistory) -> Maximizer.Evaluation {
    let sequences = Sequences(self, history)
    var mixtures = [Mixture](repeating: Mixture(gap: 0, gone: 0), count: history.rows.count)
    let (value, gradient) = mixtures.withUnsafeMutableBufferPointer { valueAndGradient(history, sequences, $0) }
    return Maximizer.Evaluation(value: value, gradient: gradient) { [mixtures] in
      information(history, sequences, mixtures, gradient)
    }
  }

  /// Of one row: log((α + T) / (α + t_x)), and the probability that the customer is gone.
  private struct Mixture {
    var gap: Double
    var gone: Double
  }

  private struct Sequences {
    let rates, stays, chances: RisingFactorial
    init(_ kernel: BetaGeometricKernel, _ history: CustomerHistory) {
      let most = history.rows.reduce(0) { max($0, $1.frequency) } + kernel.immediateChances
      rates = RisingFactorial(kernel.r, upTo: most)
      stays = RisingFactorial(kernel.b, upTo: most)
      chances = RisingFactorial(kernel.a + kernel.b, upTo: most)
    }
  }

  private func valueAndGradient(
    _ history: CustomerHistory, _ sequences: Sequences, _ mixtures: UnsafeMutableBufferPointer<Mixture>
  ) -> (value: Double, gradient: [Double]) {
    let (rates, stays, chances) = (sequences.rates, sequences.stays, sequences.chances)
    let (logA, logAlpha) = (log(a), log(alpha))
    var (value, dr, dAlpha, da, db) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var (lateLog, product) = (RepeatedLog(), LogOfProduct())
    for place in history.rows.indices {
      let (row, count) = (history.rows[place], history.counts[place])
      let (x, m) = (row.frequency, row.frequency + immediateChances)
      let (early, late) = (alpha + row.recency, alpha + row.age)
      let logLate = lateLog(late)
      var (gap, gone) = (0.0, 0.0)
      let exponent = r + Double(x)
      if m > 0 {
        gap = logLate - log(early)
        let odds = logA - stays.step(m) + exponent * gap
        let weight = Self.logistic(odds)
        gone = weight.share
        value += count * max(odds, 0)
        product.multiply(1 + weight.small, times: count)
        mixtures[place] = Mixture(gap: gap, gone: gone)
      }
      value += count * (rates.log[x] + r * logAlpha - exponent * logLate + stays.log[m] - chances.log[m])
      dr += count * (rates.slope[x] + logAlpha - logLate + gone * gap)
      dAlpha += count * (r / alpha - exponent * ((1 - gone) / late + gone / early))
      da += count * (gone / a - chances.slope[m])
      db += count * (stays.slope[m] - chances.slope[m] - (m > 0 ? gone / (b + Double(m - 1)) : 0))
    }
    return (value + product.log, [r * dr, alpha * dAlpha, a * da, b * db])
  }

  private func information(
    _ history: CustomerHistory, _ sequences: Sequences, _ mixtures: [Mixture], _ gradient: [Double]
  ) -> [[Double]] {
    let (rates, stays, chances) = (sequences.rates, sequences.stays, sequences.chances)
    // Second derivatives of the log-likelihood in r, alpha, a, b.
    var (rr, rl, ll, aa, ab, bb) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    // Those of the mixture: p (1 - p) times the products of the slopes of its log-odds.
    var (sr, sl, sa, sb) = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
    for place in history.rows.indices {
      let (row, count) = (history.rows[place], history.counts[place])
      let (x, m) = (row.frequency, row.frequency + immediateChances)
      let (late, exponent) = (alpha + row.age, r + Double(x))
      rr += count * rates.curvature[x]
      rl += count * (1 / alpha - 1 / late)
      ll += count * (exponent / (late * late) - r / (alpha * alpha))
      aa -= count * chances.curvature[m]
      ab -= count * chances.curvature[m]
      bb += count * (stays.curvature[m] - chances.curvature[m])
      guard m > 0 else { continue }
      let (early, gone) = (alpha + row.recency, mixtures[place].gone)
      let (narrow, last) = (1 / late - 1 / early, 1 / (b + Double(m - 1)))
      rl += count * gone * narrow
      ll += count * gone * exponent * (1 / (early * early) - 1 / (late * late))
      aa -= count * gone / (a * a)
      bb += count * gone * last * last
      let slope = SIMD4(mixtures[place].gap, exponent * narrow, 1 / a, -last)
      let weighted = count * gone * (1 - gone) * slope
      sr += weighted * slope.x
      sl += weighted * slope.y
      sa += weighted * slope.z
      sb += weighted * slope.w
    }
    let parameters = [r, alpha, a, b]
    let plain: [SIMD4<Double>] = [
      SIMD4(rr, rl, 0, 0) + sr, SIMD4(rl, ll, 0, 0) + sl, SIMD4(0, 0, aa, ab) + sa, SIMD4(0, 0, ab, bb) + sb,
    ]
    return (0..<4).map { i in
      (0..<4).map { j in -parameters[i] * parameters[j] * plain[i][j] - (i == j ? gradient[i] : 0) }
    }
  }

  /// Of a customer with this history.
  func futurePurchases(_ row: Row, horizon: Double) -> PurchaseMoments {
    let alive = probabilityAlive(row)
    let given = Self.futureWhileAlive(
      shape: r + Double(row.frequency), rate: alpha + row.age, a: a, b: b + Double(row.frequency + immediateChances),
      horizon: horizon)
    return PurchaseMoments(first: alive * given.first, secondFactorial: alive * given.secondFactorial)
  }

  /// E[Y] and E[Y (Y - 1)] of the purchases Y of a customer who is alive, with rate ~ Gamma and leaving ~ Beta(a, b).
  ///
  /// P(Y >= k) = P(N >= k) E[(1-p)^(k-1)], N negative binomial: a series of positive terms, without the pole of the
  /// hypergeometric form at a = 1 and without its cancellation. The number of terms grows with horizon / rate.
  static func futureWhileAlive(
    shape: Double, rate: Double, a: Double, b: Double, horizon: Double
  ) -> (first: Double, secondFactorial: Double) {
    guard horizon > 0 else { return (0, 0) }
    let z = horizon / (rate + horizon)
    var logMass = shape * log1p(-z)
    var mass = exp(logMass)
    // Sums over k = 1...n of E[(1-p)^(k-1)] and of 2 (k-1) E[(1-p)^(k-1)].
    var (stay, reached, weighted) = (1.0, 0.0, 0.0)
    var (first, second) = (0.0, 0.0)
    for n in 1..<50_000_000 {
      let k = Double(n)
      let growth = (shape + k - 1) / k * z
      if mass < 1e-250 {
        logMass += log(growth)
        mass = exp(logMass)
      } else {
        mass *= growth
      }
      reached += stay
      weighted += 2 * (k - 1) * stay
      stay *= (b + k - 1) / (a + b + k - 1)
      first += mass * reached
      second += mass * weighted
      // The rest is below a geometric series; `weighted` grows at most like k².
      let ratio = (shape + k) / (k + 1) * z * (1 + 2 / k)
      if ratio < 1, mass * weighted * ratio <= 1e-17 * second * (1 - ratio),
        mass * reached * ratio <= 1e-17 * first * (1 - ratio)
      {
        break
      }
    }
    return (first, second)
  }

  /// Moderate spread, and the two ways in which real data differ: many who leave at once, few who leave at all.
  static let starts: [[Double]] = [[1, 5, 1, 3], [0.3, 2, 0.5, 1.5], [2, 10, 0.2, 8]]
}

/// Logarithms of numbers that often follow their equals: customers of one day are of one age.
private struct RepeatedLog {
  private var (number, log) = (1.0, 0.0)

  @inline(__always)
  mutating func callAsFunction(_ x: Double) -> Double {
    if x != number { (number, log) = (x, Foundation.log(x)) }
    return log
  }
}

/// The logarithm of a product of numbers between 1 and 2, taken once in hundreds of factors.
private struct LogOfProduct {
  private var (product, sum) = (1.0, 0.0)

  @inline(__always)
  mutating func multiply(_ factor: Double, times count: Double) {
    guard count == 1 else { return sum += count * Foundation.log(factor) }
    product *= factor
    guard product > 1e300 else { return }
    sum += Foundation.log(product)
    product = 1
  }

  var log: Double { sum + Foundation.log(product) }
}

/// log of Γ(s + n) / Γ(s) and its two derivatives in s, for n = 0, 1, ...
struct RisingFactorial: Sendable {
  let log: [Double]
  let slope: [Double]
  let curvature: [Double]

  init(_ start: Double, upTo most: Int) {
    var (logs, slopes, curvatures) = ([0.0], [0.0], [0.0])
    for n in 0..<max(0, most) {
      let factor = start + Double(n)
      logs.append(logs[n] + Foundation.log(factor))
      slopes.append(slopes[n] + 1 / factor)
      curvatures.append(curvatures[n] - 1 / (factor * factor))
    }
    (log, slope, curvature) = (logs, slopes, curvatures)
  }

  /// log(s + n - 1), the last factor; n >= 1.
  func step(_ n: Int) -> Double { log[n] - log[n - 1] }
}

/// Parameters of a model: as many as it has, positive and finite.
func requirePositive(_ parameters: [Double], _ names: [String]) throws(DomainError) {
  guard parameters.count == names.count else {
    throw DomainError("number of parameters", Double(parameters.count), "must be \(names.count)")
  }
  for (name, value) in zip(names, parameters) where !(value > 0 && value.isFinite) {
    throw DomainError("parameter \(name)", value, "must be positive and finite")
  }
}
