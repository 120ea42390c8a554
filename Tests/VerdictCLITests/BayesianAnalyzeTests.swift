import Basics
import Foundation
import Testing

/// `verdict analyze --method bayesian`: the keys that it adds, and its options.
@Suite struct BayesianAnalyzeTests {
  private func run(_ options: [String]) throws -> Program.Outcome {
    let folder = try Folder()
    try folder.write(AnalyzeTests.units(), to: "units.csv")
    return try Program.run(
      ["analyze", "units.csv", "--format", "json", "--metric", "conversion=proportion(converted)"] + options, in: folder
    )
  }

  private func comparison(_ options: [String]) throws -> (metric: JSONValue?, comparison: JSONValue?) {
    let outcome = try run(options)
    #expect(outcome.exit == 0, "\(outcome.errors)")
    let metric = try JSONValue(parsing: Array(outcome.output.utf8))["metrics"]?[0]
    return (metric, metric?["comparisons"]?[0])
  }

  /// 40 of 200 against 60 of 200: z = 0.1 / √(0.16/200 + 0.21/200) = 2.3250, Φ(z) = 0.98996.
  @Test func flatPrior() throws {
    let (metric, one) = try comparison(["--method", "bayesian"])
    let posterior = one?["posterior"]
    #expect(posterior?["prior"] == .null)
    #expect(abs((posterior?["chanceToWin"]?.double ?? 0) - 0.98996) < 1e-5)
    #expect(posterior?["expectedLoss"]?["treatment"]?.double ?? 1 < 0.001)
    let ranking = metric?["ranking"]?.array ?? []
    #expect(ranking.compactMap { $0["variant"]?.string } == ["control", "treatment"])
    #expect(abs((ranking.last?["probabilityBest"]?.double ?? 0) - 0.98996) < 1e-5)
  }

  /// N(0, 0.2²) on the lift is N(0, 0.04²) on the difference, whose error is 0.043: the mean shrinks by 1/(1 + 1.1563).
  @Test func informativePrior() throws {
    let one = try comparison(["--method", "bayesian", "--prior-sd", "20%", "--negligible", "5%"]).comparison
    let posterior = one?["posterior"]
    #expect(posterior?["prior"]?["standardDeviation"]?.double == 0.2)
    let share = 1 / (1 + (0.16 / 200 + 0.21 / 200) / 0.0016)
    #expect(abs((posterior?["mean"]?.double ?? 0) - 0.1 * share) < 1e-12)
    let region = posterior?["region"]
    let sum = ["worse", "negligible", "better"].reduce(0) { $0 + (region?[$1]?.double ?? .nan) }
    #expect(abs(sum - 1) < 1e-12)
    #expect(abs((region?["upper"]?.double ?? 0) - 0.01) < 1e-15)
  }

  @Test func absentForOtherMethods() throws {
    let (metric, one) = try comparison([])
    #expect(one?["posterior"] == nil && metric?["ranking"] == nil)
  }

  @Test(
    "Bad options: 2 and why",
    arguments: [
      (["--prior-sd", "10%"], "--prior-sd is for --method bayesian only."),
      (["--method", "bayesian", "--prior-mean", "1%"], "--prior-mean needs --prior-sd"),
      (["--method", "bayesian", "--prior-sd", "0"], "--prior-sd: expected a lift above 0, found 0."),
      (["--method", "bayesian", "--prior-sd", "wide"], "--prior-sd: expected a number or a percentage such as 5%"),
      (["--method", "bayesian", "--negligible", "-1%"], "--negligible: expected a lift above 0"),
    ])
  func refusals(options: [String], sentence: String) throws {
    let outcome = try run(options)
    #expect(outcome.exit == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
  }
}
