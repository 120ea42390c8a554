import Basics
import Statistics

extension KernelRegistry {
  /// Power, units and minimal detectable effects; Dunnett's comparisons.
  mutating func registerDesign() {
    registerMeanDesigns()
    registerProportionDesigns()
    register("multiple-testing.dunnett") { input in
      func moments(_ values: [Double]) -> Moments { Moments(columns: [values]) }
      let test = try DunnettTest(
        treatments: input.rows("arms").map(moments), control: moments(input.numbers("control")))
      return [
        "statistics": Reading.value(test.statistics), "degreesOfFreedom": Reading.value(test.law.degreesOfFreedom),
        "twoSided": Reading.value(test.adjustedPValues()), "greater": Reading.value(test.adjustedPValues(.greater)),
      ]
    }
    register("multiple-testing.dunnettCritical") { input in
      let sizes = try input.numbers("sizes")
      guard let control = sizes.first else {
        throw KernelInputFault(key: "sizes", expected: "the control's size first")
      }
      let degrees = input["df"]?.isNull ?? true ? .infinity : try input.number("df")
      let law = try Dunnett(
        controlUnits: control, treatmentUnits: Array(sizes.dropFirst()), degreesOfFreedom: degrees)
      let level = try ConfidenceLevel(alpha: input.number("alpha"))
      return [
        "twoSided": Reading.value(law.critical(level)), "oneSided": Reading.value(law.critical(level, .greater)),
      ]
    }
  }

  private mutating func registerMeanDesigns() {
    register("power.powerMeansNormal") { input in
      let design = try means(input)
      let control = try input.number("nC")
      return [
        "power": Reading.value(try design.power(units: total(control, design), effect: input.number("difference")))
      ]
    }
    register("power.sampleSizeMeansNormal") { try size(means($0), effect: $0.number("difference"), $0) }
    register("power.mdeMeansNormal") { input in
      let design = try means(input)
      let units = total(try input.number("nC"), design)
      return ["difference": Reading.value(try design.effect(power: input.number("power"), units: units))]
    }
    register("power.cupedSampleSize") { input in
      var design = try means(input)
      let correlation = try input.number("correlation")
      design.varianceExplained = correlation * correlation
      return try size(design, effect: input.number("difference"), input)
    }
    register("power.clusterSampleSize") { input in
      var design = try means(input)
      design.clusters = try ClusterDesign(
        size: input.number("clusterSize"), intraclassCorrelation: input.number("icc"))
      return try size(design, effect: input.number("difference"), input)
    }
    register("power.nonInferiority") { input in
      var design = try means(input)
      design.hypothesis = .nonInferior(margin: try input.number("margin"))
      return try size(design, effect: input.number("difference"), input)
    }
    register("power.ratioSampleSize") { input in
      let outcome = try DesignOutcome.ratio(
        numeratorMean: input.number("meanNum"), denominatorMean: input.number("meanDen"),
        numeratorVariance: input.number("varNum"), denominatorVariance: input.number("varDen"),
        covariance: input.number("cov"))
      let design = try designed(outcome, .z, input, ratio: input.number("ratio"))
      let effect = try input.number("lift") * (outcome.baseline ?? .nan)
      guard case .object(var result) = try size(design, effect: effect, input) else { return .null }
      result["unitVariance"] = Reading.value(outcome.variances(effect: 0).control)
      return .object(result)
    }
    register("power.powerT") { input in
      let (control, treatment) = (try input.number("nC"), try input.number("nT"))
      let design = try designed(.mean(standardDeviation: 1), .pooled, input, ratio: treatment / control)
      return ["power": Reading.value(try design.power(units: control + treatment, effect: input.number("d")))]
    }
    register("power.sampleSizeT") { input in
      let design = try designed(.mean(standardDeviation: 1), .pooled, input, ratio: input.number("ratio"))
      return try size(design, effect: input.number("d"), input)
    }
  }

  private mutating func registerProportionDesigns() {
    register("power.powerProportions") { input in
      var (design, units) = try proportions(input, .pooled)
      design.countsFarTail = input["strict"]?.bool ?? false
      return ["power": Reading.value(try design.power(units: units, effect: difference(input)))]
    }
    register("power.powerArcsine") { input in
      let (design, units) = try proportions(input, .arcsine)
      let (pt, pc) = (try input.number("pT"), try input.number("pC"))
      return [
        "h": Reading.value(ExperimentDesign.cohenH(treatment: pt, control: pc)),
        "power": Reading.value(try design.power(units: units, effect: pt - pc)),
      ]
    }
    register("power.sampleSizeProportions") { input in
      var design = try designed(
        .proportion(input.number("pC")), .pooled, input, ratio: input.number("ratio"),
        falling: try difference(input) < 0)
      design.countsFarTail = false
      return try size(design, effect: difference(input), input)
    }
    register("power.mdeProportions") { input in
      var (design, units) = try proportions(input, .pooled)
      design.countsFarTail = false
      let effect = try design.effect(power: input.number("power"), units: units)
      let baseline = try input.number("pC")
      return [
        "pT": Reading.value(baseline + effect), "absolute": Reading.value(effect),
        "relative": Reading.value(effect / baseline),
      ]
    }
  }
}

private func designed(
  _ outcome: DesignOutcome, _ test: DesignTest, _ input: JSONValue, ratio: Double, falling: Bool = false
) throws -> ExperimentDesign {
  let isOneSided = input["alternative"]?.string == "one.sided"
  return ExperimentDesign(
    outcome, test: test, hypothesis: isOneSided ? .superior(better: falling ? .down : .up) : .different,
    alpha: try input.number("alpha"), split: try ArmSplit(control: 1, treatments: [ratio]))
}

private func means(_ input: JSONValue) throws -> ExperimentDesign {
  let outcome = try DesignOutcome.mean(
    standardDeviation: input.number("sdC"), treatmentStandardDeviation: input.number("sdT"))
  return try designed(outcome, .z, input, ratio: input.number("ratio"))
}

private func difference(_ input: JSONValue) throws -> Double { try input.number("pT") - input.number("pC") }

private func proportions(_ input: JSONValue, _ test: DesignTest) throws -> (ExperimentDesign, Double) {
  let (control, treatment) = (try input.number("nC"), try input.number("nT"))
  let falling = input["pT"] == nil ? false : try difference(input) < 0
  let design = try designed(
    .proportion(input.number("pC")), test, input, ratio: treatment / control, falling: falling)
  return (design, control + treatment)
}

private func total(_ control: Double, _ design: ExperimentDesign) -> Double {
  control * (1 + design.split.treatments[0])
}

/// Real and whole units of both arms.
private func size(_ design: ExperimentDesign, effect: Double, _ input: JSONValue) throws -> JSONValue {
  let planned = try design.units(power: input.number("power"), effect: effect)
  let ratio = design.split.treatments[0]
  let control = planned.exact / (1 + ratio)
  return [
    "nC": Reading.value(control), "nT": Reading.value(control * ratio), "nCceil": .integer(planned.arms[0]),
    "nTceil": .integer(planned.arms[1]),
  ]
}
