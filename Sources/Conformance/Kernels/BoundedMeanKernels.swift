import Basics
import Foundation
import Statistics

extension KernelRegistry {
  mutating func registerBoundedMeans() {
    register("empirical-bernstein") { input in
      guard let predictor = EmpiricalBernsteinSequence.Predictor(rawValue: try input.word("predictor")) else {
        throw KernelInputFault(key: "predictor", expected: "'mean' or 'regularised'")
      }
      let intervals = try EmpiricalBernsteinSequence.intervals(
        of: input.numbers("values"), alpha: input.number("alpha"), predictor: predictor,
        truncation: input.number("truncation"))
      return ["lower": Reading.value(intervals.map(\.lower)), "upper": Reading.value(intervals.map(\.upper))]
    }
    register("always-valid.empiricalBernstein") { input in
      let intervals = try EmpiricalBernsteinSequence.intervals(
        of: input.numbers("x"), alpha: input.number("alpha"), predictor: .mean)
      let shown = try input.places("at", among: intervals.count).map { intervals[$0] }
      return ["lower": Reading.value(shown.map(\.lower)), "upper": Reading.value(shown.map(\.upper))]
    }
    register("betting-confidence-sequence", betting)
    register("always-valid.hedgedBetting", hedgedBetting)
    register("always-valid.gammaExponentialBound") { input in
      let boundary = try GammaExponentialBoundary(
        optimisedFor: input.number("vOpt"), alpha: input.number("alphaOpt"), scale: input.number("c"))
      let alpha = try input.number("alpha")
      return ["bound": Reading.value(try input.numbers("v").map { try boundary.bound(time: $0, alpha: alpha) })]
    }
    register("always-valid.polyStitchingBound") { input in
      let boundary = try StitchedBoundary(
        alpha: input.number("alpha"), minimumTime: input.number("vMin"), scale: input.number("c"),
        exponent: input.number("s"), epochRatio: input.number("eta"))
      return ["bound": Reading.value(try input.numbers("v").map(boundary.bound))]
    }
  }
}

extension JSONValue {
  /// 1-based times as indices.
  fileprivate func places(_ key: String, among count: Int) throws(KernelInputFault) -> [Int] {
    let times = try integers(key)
    guard times.allSatisfy({ $0 >= 1 && $0 <= count }) else {
      throw KernelInputFault(key: key, expected: "times from 1 to the number of values")
    }
    return times.map { $0 - 1 }
  }
}

private func betting(_ input: JSONValue) throws -> JSONValue {
  let sequence = try BettingConfidenceSequence(
    input.numbers("values"), alpha: input.number("alpha"), truncation: input.number("truncation"))
  if input["mean"] != nil {
    return ["logCapital": Reading.value(try sequence.logCapitals(against: input.number("mean")))]
  }
  let intervals = try input.places("times", among: sequence.count).map { try sequence.interval(after: $0 + 1) }
  return ["lower": Reading.value(intervals.map(\.lower)), "upper": Reading.value(intervals.map(\.upper))]
}

private func hedgedBetting(_ input: JSONValue) throws -> JSONValue {
  let sequence = try BettingConfidenceSequence(input.numbers("x"), alpha: input.number("alpha"))
  let places = try input.places("at", among: sequence.count)
  if input["m"] != nil {
    let rows = try input.numbers("m").map { mean in
      let capitals = try sequence.logCapitals(against: mean)
      return Reading.value(places.map { exp(capitals[$0]) })
    }
    return ["capital": .array(rows)]
  }
  let intervals = try places.map { try sequence.interval(after: $0 + 1) }
  return ["lower": Reading.value(intervals.map(\.lower)), "upper": Reading.value(intervals.map(\.upper))]
}
