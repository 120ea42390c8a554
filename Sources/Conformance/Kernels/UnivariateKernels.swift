import Basics
import Statistics

extension KernelRegistry {
  /// Mean, standard deviation and autocorrelation by the definitions of NIST; the shape of a sample.
  mutating func registerUnivariate() {
    register("univariate-nist") { univariate(try $0.numbers("values")) }
    register("shape") { input in
      let shape = try Shape(input.numbers("values"))
      return [
        "skewness": Reading.value(shape.skewness), "adjustedSkewness": Reading.value(shape.adjustedSkewness),
        "excessKurtosis": Reading.value(shape.excessKurtosis),
        "adjustedExcessKurtosis": Reading.value(shape.adjustedExcessKurtosis),
      ]
    }
    register("least-squares.univariate") { input in
      guard let pattern = input["pattern"] else { return univariate(try input.numbers("values")) }
      let (pair, repeats) = (try pattern.numbers("pair"), try pattern.integer("repeats"))
      guard (0...10_000_000).contains(repeats) else {
        throw KernelInputFault(key: "repeats", expected: "0 to 10 million repeats")
      }
      return univariate([try pattern.number("first")] + (0..<repeats).flatMap { _ in pair })
    }
  }
}

/// Mean, standard deviation and lag-1 autocorrelation: the moments of the values beside their successors.
private func univariate(_ values: [Double]) -> JSONValue {
  let moments = Moments(columns: [values])
  let centred = values.map { ($0 - moments.mean[0]) - moments.meanRemainder[0] }
  let lagged = zip(centred, centred.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
  return [
    "mean": Reading.value(moments.mean[0]), "standardDeviation": Reading.value(moments.variance().squareRoot()),
    "autocorrelation": Reading.value(lagged / moments.crossProduct(0, 0)),
  ]
}
