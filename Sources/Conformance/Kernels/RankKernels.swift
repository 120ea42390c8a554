import Basics
import Statistics

extension KernelRegistry {
  /// Contingency tables, ranks and permutations.
  mutating func registerRanks() {
    register("contingency.chiSquareTest") { input in
      let table = try ContingencyTable(input.countRows("table"))
      return result(table.chiSquared(yates: input["yates"] == .bool(true)))
    }
    register("contingency.gTest") { try result(ContingencyTable($0.countRows("table")).likelihoodRatio()) }
    register("contingency.fisherExact", fisher)
    register("unconditional-exact", unconditional)
    register("rank-tests.mannWhitney") { input in
      try mannWhitney(input, .normal(continuity: input["continuity"] == .bool(true)))
    }
    register("rank-tests.mannWhitneyExact") { try mannWhitney($0, .exact) }
    register("rank-tests.mannWhitneyTiesExact") { try mannWhitney($0, .exact) }
    register("rank-tests.signedRank") { input in
      let differences = zip(try input.numbers("x"), try input.numbers("y")).map { $0 - $1 }
      let test = try SignedRankTest(
        differences: differences, method: .normal(continuity: input["continuity"] == .bool(true)))
      return ["statistic": Reading.value(test.v), "pValue": Reading.value(test.pValue())]
    }
    register("rank-tests.kolmogorovSmirnov") { input in
      let test = try KolmogorovSmirnovTest(treatment: input.numbers("x"), control: input.numbers("y"))
      return [
        "statistic": Reading.value(test.statistic), "exactPValue": Reading.value(test.exactPValue),
        "asymptoticPValue": Reading.value(test.asymptoticPValue),
      ]
    }
    register("rank-tests.brunnerMunzel") { input in
      // The reference counts y above x as positive.
      let test = try ProbabilityOfSuperiority(treatment: input.numbers("y"), control: input.numbers("x"))
      return ["statistic": Reading.value(test.statistic), "pValue": Reading.value(test.pValue())]
    }
    register("permutation.permutationMean") { input in
      let test = try PermutationTest(treatment: input.numbers("x"), control: input.numbers("y"))
      return [
        "difference": Reading.value(test.estimate), "permutations": .integer(test.permutations),
        "pGreater": Reading.value(test.pValue(.greater)), "pLess": Reading.value(test.pValue(.less)),
        "pTwoSided": Reading.value(test.pValue()),
      ]
    }
  }
}

private func result(_ test: ContingencyTable.Test) -> JSONValue {
  [
    "statistic": Reading.value(test.statistic), "degreesOfFreedom": .integer(test.degreesOfFreedom),
    "pValue": Reading.value(test.pValue),
  ]
}

extension JSONValue {
  fileprivate func countRows(_ key: String) throws(KernelInputFault) -> [[Int]] {
    var counts: [[Int]] = []
    for row in try rows(key) {
      var whole: [Int] = []
      for value in row { whole.append(try JSONValue.count(value)) }
      counts.append(whole)
    }
    return counts
  }
}

/// Rows are the arms, treatment first; columns are successes and failures.
private func twoProportions(_ input: JSONValue) throws -> TwoProportions {
  let table = try input.countRows("table")
  guard table.count == 2, table.allSatisfy({ $0.count == 2 }) else {
    throw KernelInputFault(key: "table", expected: "two rows of two counts")
  }
  return try TwoProportions(
    treatment: (table[0][0], table[0][0] + table[0][1]), control: (table[1][0], table[1][0] + table[1][1]))
}

private func fisher(_ input: JSONValue) throws -> JSONValue {
  let test = FisherExactTest(try twoProportions(input))
  let interval = test.oddsRatioInterval(try input.confidence())
  return [
    "pValue": Reading.value(test.pValue()), "pLess": Reading.value(test.pValue(.less)),
    "pGreater": Reading.value(test.pValue(.greater)), "oddsRatio": Reading.value(test.sampleOddsRatio),
    "conditionalOddsRatio": Reading.value(test.conditionalOddsRatio), "lower": Reading.value(interval.lower),
    "upper": Reading.value(interval.upper),
  ]
}

private func unconditional(_ input: JSONValue) throws -> JSONValue {
  let test = try UnconditionalExactTest(
    twoProportions(input), order: input["order"]?.string == "boschloo" ? .boschloo : .barnard)
  return [
    "pValue": Reading.value(test.pValue()), "pLess": Reading.value(test.pValue(.less)),
    "pGreater": Reading.value(test.pValue(.greater)),
  ]
}

private func mannWhitney(_ input: JSONValue, _ method: MannWhitneyTest.Method) throws -> JSONValue {
  let test = try MannWhitneyTest(treatment: input.numbers("x"), control: input.numbers("y"), method: method)
  let interval = test.shiftInterval(try input.confidence())
  return [
    "statistic": Reading.value(test.u), "pValue": Reading.value(test.pValue()), "estimate": Reading.value(test.shift),
    "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
  ]
}
