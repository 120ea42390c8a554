import Basics
import Foundation
import Statistics

extension KernelRegistry {
  mutating func registerGroupSequential() {
    register("group-sequential.spendingBoundaries", spendingBounds)
    register("group-sequential.classicalBoundaries", classicalBounds)
    register("group-sequential.groupSequentialPower", exits)
    register("group-sequential.driftForPower", driftForPower)
    register("group-sequential.stagewiseInference", stagewise)
    register("group-sequential.repeatedConfidence", repeated)
    register("group-sequential-check", boundsAndCrossing)
    register("group-sequential-rpact", rpact)
    register("group-sequential-power", power)
    register("group-sequential-inference", inference)
  }
}

extension JSONValue {
  fileprivate func sides(_ key: String) throws -> GroupSequentialDesign.Sides {
    guard let sides = GroupSequentialDesign.Sides(rawValue: try integer(key)) else {
      throw KernelInputFault(key: key, expected: "1 or 2")
    }
    return sides
  }

  fileprivate func spendingFunction(_ key: String) throws -> SpendingFunction {
    guard case .spending(let function) = try efficacy(key) else {
      throw KernelInputFault(key: key, expected: "the name of a spending function")
    }
    return function
  }

  /// A family by the names that the reference files use.
  fileprivate func efficacy(_ key: String) throws -> GroupSequentialDesign.Efficacy {
    switch try word(key) {
    case "lanDeMetsOBrienFleming", "lan-demets-obrien-fleming", "asOF": .spending(.lanDeMetsOBrienFleming)
    case "lanDeMetsPocock", "lan-demets-pocock", "asP": .spending(.lanDeMetsPocock)
    case "hwangShihDeCani", "hwang-shih-decani", "asHSD":
      .spending(.hwangShihDeCani(gamma: try number("parameter")))
    case "power", "power-family", "asKD": .spending(.kimDeMets(rho: try number("parameter")))
    case "obrienFleming", "obrien-fleming", "OF": .obrienFleming
    case "pocock", "P": .pocock
    case "wangTsiatis", "wang-tsiatis", "WT": .wangTsiatis(delta: try number("parameter"))
    case "haybittle-peto", "HP": .haybittlePeto(interim: try number("parameter"))
    default: throw KernelInputFault(key: key, expected: "the name of a design")
    }
  }

  /// Bounds given as z values; two-sided ones are symmetric.
  fileprivate func boundary() throws -> GroupSequentialBoundary {
    let upper = try numbers("z")
    let isTwoSided = self["sided"] == nil ? false : try sides("sided") == .two
    return try GroupSequentialBoundary(
      informationFractions: numbers("informationRates"), upper: upper,
      lower: upper.map { isTwoSided ? -$0 : -.infinity })
  }

  fileprivate func rpactDesign() throws -> GroupSequentialDesign {
    var futility: GroupSequentialDesign.Futility?
    if self["futilityBounds"] != nil {
      futility = .init(.bounds(try numbers("futilityBounds")), isBinding: self["bindingFutility"]?.bool ?? false)
    }
    return try GroupSequentialDesign(
      informationFractions: numbers("informationRates"), alpha: number("alpha"), sides: sides("sides"),
      efficacy: efficacy("design"), futility: futility)
  }
}

private func spendingBounds(_ input: JSONValue) throws -> JSONValue {
  let design = try GroupSequentialDesign(
    informationFractions: input.numbers("informationRates"), alpha: input.number("alpha"),
    sides: input.sides("sided"), efficacy: .spending(input.spendingFunction("spending")))
  return [
    "z": Reading.value(design.boundary.upper), "cumulativeAlpha": Reading.value(design.cumulativeAlpha),
    "nominalP": Reading.value(design.nominalLevels),
  ]
}

private func classicalBounds(_ input: JSONValue) throws -> JSONValue {
  let design = try GroupSequentialDesign(
    informationFractions: input.numbers("informationRates"), alpha: input.number("alpha"),
    sides: input.sides("sided"), efficacy: input.efficacy("shape"))
  return ["z": Reading.value(design.boundary.upper), "cumulativeAlpha": Reading.value(design.cumulativeAlpha)]
}

private func driftForPower(_ input: JSONValue) throws -> JSONValue {
  let power = try input.number("power")
  let drift = try input.boundary().drift(upperExit: power)
  let side = try input.number("alpha") / Double(input.sides("sided").rawValue)
  let ratio = drift / (Normal.standard.inverseSurvival(side) + Normal.standard.quantile(power))
  return ["drift": Reading.value(drift), "inflation": Reading.value(ratio * ratio)]
}

private func stagewise(_ input: JSONValue) throws -> JSONValue {
  let found = try input.boundary().stagewiseInference(
    look: input.integer("look"), z: input.number("observed"),
    confidence: ConfidenceLevel(input.number("confidence")))
  return [
    "pValue": Reading.value(found.pValue), "medianUnbiasedDrift": Reading.value(found.medianUnbiased),
    "lower": Reading.value(found.interval.lower), "upper": Reading.value(found.interval.upper),
  ]
}

private func repeated(_ input: JSONValue) throws -> JSONValue {
  let (bounds, look) = (try input.numbers("z"), try input.integer("look"))
  guard bounds.indices.contains(look - 1) else { throw KernelInputFault(key: "look", expected: "1 to the looks") }
  let halfWidth = bounds[look - 1] * (try input.number("standardError"))
  let interval = Interval(center: try input.number("estimate"), halfWidth: halfWidth)
  return ["lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper)]
}

private func rpact(_ input: JSONValue) throws -> JSONValue {
  let design = try input.rpactDesign()
  return [
    "criticalValues": Reading.value(design.boundary.upper), "alphaSpent": Reading.value(design.cumulativeAlpha),
    "stageLevels": Reading.value(design.boundary.upper.map { Normal.standard.survival($0) }),
  ]
}

private func cumulative(_ values: [Double]) -> [Double] {
  var sum = 0.0
  return values.map { value in
    sum += value
    return sum
  }
}

private func exits(_ input: JSONValue) throws -> JSONValue {
  let (boundary, drift) = (try input.boundary(), try input.number("drift"))
  let exits = boundary.exitProbabilities(drift: drift)
  return [
    "cumulativeUpper": Reading.value(cumulative(exits.upper)),
    "cumulativeLower": Reading.value(cumulative(exits.lower)),
    "expectedInformation": Reading.value(boundary.expectedInformation(drift: drift)),
  ]
}

private func boundsAndCrossing(_ input: JSONValue) throws -> JSONValue {
  let looks = input["looks"]?.int ?? 0
  guard looks <= 1_000 else { throw KernelInputFault(key: "looks", expected: "at most 1,000 looks") }
  let fractions = looks > 0 ? (1...looks).map { Double($0) / Double(looks) } : try input.numbers("informationFractions")
  let design = try GroupSequentialDesign(
    informationFractions: fractions, alpha: input.number("alpha"), sides: input.sides("sides"),
    efficacy: input.efficacy("design"))
  let exits = design.boundary.exitProbabilities(drift: input.number("drift", default: 0))
  return [
    "constant": Reading.value(design.boundary.upper[design.looks - 1]),
    "bounds": Reading.value(design.boundary.upper), "cumulativeAlpha": Reading.value(design.cumulativeAlpha),
    "upperCrossing": Reading.value(exits.upper), "power": Reading.value(exits.totalUpper),
  ]
}

/// Two arms of a normal metric: the information of n subjects in the ratio r is n r / (1 + r)² over the variance.
private func power(_ input: JSONValue) throws -> JSONValue {
  let design = try input.rpactDesign()
  let ratio = try input.number("ratio")
  let perSubject =
    abs(try input.number("delta") / input.number("sd")) * (ratio / ((1 + ratio) * (1 + ratio))).squareRoot()
  if try input.word("solve") == "power" {
    let subjects = try input.number("subjects")
    guard subjects > 0, perSubject.isFinite else {
      throw KernelInputFault(key: "subjects", expected: "a positive number, and a finite effect in standard deviations")
    }
    let drift = perSubject * subjects.squareRoot()
    let exits = design.boundary.exitProbabilities(drift: drift)
    let isTwoSided = design.sides == .two
    return [
      "drift": Reading.value(drift), "power": Reading.value(design.power(drift: drift)),
      "rejectPerStage": Reading.value(zip(exits.upper, exits.lower).map { $0 + (isTwoSided ? $1 : 0) }),
      "futilityPerStage": Reading.value(exits.lower.dropLast().map { isTwoSided ? 0 : $0 }),
      "expectedSubjects": Reading.value(subjects * design.expectedInformation(drift: drift)),
    ]
  }
  let drift = try design.drift(power: input.number("power"))
  let subjects = drift / perSubject * (drift / perSubject)
  return [
    "drift": Reading.value(drift), "subjects": Reading.value(subjects),
    "inflation": Reading.value(try design.inflation(power: input.number("power"))),
    "expectedSubjectsUnderEffect": Reading.value(subjects * design.expectedInformation(drift: drift)),
    "expectedSubjectsUnderNull": Reading.value(subjects * design.expectedInformation(drift: 0)),
  ]
}

private func inference(_ input: JSONValue) throws -> JSONValue {
  let design = try input.rpactDesign()
  let columns = try input.equalColumns(["zStatistics", "standardErrors"])
  let looks = columns[0].indices.map { (look: $0 + 1, z: columns[0][$0], error: columns[1][$0]) }
  guard let last = looks.last else { throw KernelInputFault(key: "zStatistics", expected: "one look or more") }
  let intervals = try looks.map {
    try design.repeatedInterval(look: $0.look, estimate: $0.z * $0.error, standardError: $0.error)
  }
  var result: [(String, JSONValue)] = [
    ("criticalValues", Reading.value(design.boundary.upper)),
    ("repeatedLower", Reading.value(intervals.map(\.lower))),
    ("repeatedUpper", Reading.value(intervals.map(\.upper))),
    ("repeatedPValues", Reading.value(try looks.map { try design.repeatedPValue(look: $0.look, z: $0.z) })),
  ]
  let unit = last.error * design.informationFractions[last.look - 1].squareRoot()
  if input["assumedEffect"] != nil {
    let byLook = try design.conditionalPower(
      look: last.look, z: last.z, drift: input.number("assumedEffect") / unit)
    result.append(("conditionalPower", Reading.value(byLook.last)))
    result.append(("conditionalPowerByLook", Reading.value(byLook)))
  } else {
    let final = try design.stagewiseInference(
      look: last.look, z: last.z, confidence: ConfidenceLevel(alpha: 2 * design.alpha)
    ).scaled(by: unit)
    result.append(("finalPValue", Reading.value(final.pValue)))
    result.append(("finalLower", Reading.value(final.interval.lower)))
    result.append(("finalUpper", Reading.value(final.interval.upper)))
    result.append(("medianUnbiased", Reading.value(final.medianUnbiased)))
  }
  return .object(JSONObject(result.map { (key: $0.0, value: $0.1) }))
}
