import Foundation

/// The partial likelihood of a Cox regression: one walk from the last time to the first, the sums over the units at risk
/// carried along.
///
/// - Source: Cox, D. R. (1972), JRSS B 34, 187-220; ties: Breslow, N. (1974), Biometrics 30, 89-99; Efron, B. (1977), JASA 72,
///   557-565. With S the sum over those at risk and D over the d that have the event, Efron's denominators are S - (l/d) D for
///   l = 0..<d, Breslow's d times S.
struct CoxLikelihood: Sendable {
  let sample: CoxSample
  let ties: CoxRegression.Ties

  /// What one distinct time contributes.
  struct Contribution {
    var stratum = 0
    var time = 0.0
    var events = 0
    var logLikelihood = 0.0
    /// Sum over the events of (covariates - their mean over those at risk): Schoenfeld's residual. Length p.
    var score: [Double]
    /// Lower triangle, element (i, j), i >= j, at `i + j * p`.
    var information: [Double]
    /// Increment of the cumulative hazard at the centre of the covariates.
    var hazard = 0.0
  }

  /// Sums of w, w x and w x xᵀ (lower triangle) over a set of units.
  private struct Sums {
    var weight = 0.0
    var first: [Double]
    var second: [Double]

    init(_ p: Int) {
      first = [Double](repeating: 0, count: p)
      second = [Double](repeating: 0, count: p * p)
    }

    mutating func add(_ x: UnsafePointer<Double>, _ p: Int, _ w: Double) {
      weight += w
      for j in 0..<p {
        let scaled = w * x[j]
        first[j] += scaled
        for i in j..<p { second[i + j * p] += scaled * x[i] }
      }
    }

    mutating func clear() {
      weight = 0
      for j in first.indices { first[j] = 0 }
      for j in second.indices { second[j] = 0 }
    }
  }

  /// Visits each distinct time, strata in order and times descending.
  func walk(_ beta: [Double], _ visit: (Contribution) -> Void) {
    let p = sample.p
    var step = Contribution(score: [Double](repeating: 0, count: p), information: [Double](repeating: 0, count: p * p))
    sample.rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      for (index, units) in sample.strata.enumerated() {
        step.stratum = index
        walk(units, base, beta, &step, visit)
      }
    }
  }

  private func walk(
    _ units: Range<Int>, _ rows: UnsafePointer<Double>, _ beta: [Double], _ step: inout Contribution,
    _ visit: (Contribution) -> Void
  ) {
    let p = sample.p
    let score = units.map { unit in (0..<p).reduce(0) { $0 + beta[$1] * rows[unit * p + $1] } }
    let shift = score.max() ?? 0
    let weight = score.map { exp($0 - shift) }
    var (atRisk, dying) = (Sums(p), Sums(p))
    var (next, nextEntry, count) = (units.lowerBound, units.lowerBound, 0)
    while next < units.upperBound {
      step.time = sample.time[next]
      step.events = 0
      var linear = 0.0
      dying.clear()
      for j in 0..<p { step.score[j] = 0 }
      while next < units.upperBound, sample.time[next] == step.time {
        let (x, own) = (rows + next * p, next - units.lowerBound)
        atRisk.add(x, p, weight[own])
        count += 1
        if sample.event[next] {
          dying.add(x, p, weight[own])
          for j in 0..<p { step.score[j] += x[j] }
          linear += score[own] - shift
          step.events += 1
        }
        next += 1
      }
      if let entry = sample.entry {
        while nextEntry < units.upperBound, entry[sample.byEntry[nextEntry]] >= step.time {
          let unit = sample.byEntry[nextEntry]
          atRisk.add(rows + unit * p, p, -weight[unit - units.lowerBound])
          count -= 1
          if count == 0 { atRisk.clear() }
          nextEntry += 1
        }
      }
      finish(&step, atRisk, dying, linear)
      step.hazard *= exp(-shift)
      visit(step)
    }
  }

  /// From the sums to the terms; `step.score` holds the sum of the covariates of the events.
  private func finish(_ step: inout Contribution, _ atRisk: Sums, _ dying: Sums, _ linear: Double) {
    let p = sample.p
    step.logLikelihood = linear
    step.hazard = 0
    for j in step.information.indices { step.information[j] = 0 }
    let (terms, times) = ties == .efron ? (step.events, 1.0) : (min(1, step.events), Double(step.events))
    for l in 0..<terms {
      let share = Double(l) / Double(terms)
      let total = atRisk.weight - share * dying.weight
      step.logLikelihood -= times * log(total)
      step.hazard += times / total
      func mean(_ j: Int) -> Double { (atRisk.first[j] - share * dying.first[j]) / total }
      for j in 0..<p {
        let meanJ = mean(j)
        step.score[j] -= times * meanJ
        for i in j..<p {
          let k = i + j * p
          step.information[k] += times * ((atRisk.second[k] - share * dying.second[k]) / total - mean(i) * meanJ)
        }
      }
    }
  }

  // MARK: - Totals

  struct Value {
    var logLikelihood = 0.0
    var score: [Double]
    var information: [Double]
  }

  func value(at beta: [Double]) -> Value {
    let p = sample.p
    var total = Value(score: [Double](repeating: 0, count: p), information: [Double](repeating: 0, count: p * p))
    walk(beta) { step in
      guard step.events > 0 else { return }
      total.logLikelihood += step.logLikelihood
      for j in 0..<p { total.score[j] += step.score[j] }
      for k in total.information.indices { total.information[k] += step.information[k] }
    }
    return total
  }
}
