import Statistics
import Testing

/// Designs that cannot be are errors, and each says what to do.
@Suite struct GroupSequentialFaultTests {
  typealias Design = GroupSequentialDesign

  private func sentence(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  private func sentence(
    _ fractions: [Double], alpha: Double = 0.05, sides: Design.Sides = .two, _ efficacy: Design.Efficacy = .pocock,
    futility: Design.Futility? = nil
  ) -> String {
    sentence {
      _ = try Design(
        informationFractions: fractions, alpha: alpha, sides: sides, efficacy: efficacy, futility: futility)
    }
  }

  @Test func fractions() {
    #expect(sentence([]) == "looks = 0, must be at least 1.")
    #expect(sentence([0, 1]) == "information fraction = 0, must be positive and at most 1000.")
    #expect(sentence([0.5, .nan]) == "information fraction: must be positive and at most 1000.")
    #expect(
      sentence([0.5, 0.5, 1])
        == "information fraction = 0.5, must be above that of the look before, by a millionth at least.")
    #expect(sentence([0.5, 0.9]) == "last information fraction = 0.9, must be 1.")
    #expect(sentence { _ = try Design(looks: 0, alpha: 0.05, efficacy: .pocock) } == "looks = 0, must be 1 to 1000.")
  }

  @Test func ratesAndParameters() {
    #expect(sentence([1], alpha: 1) == "alpha = 1, must be in (0, 1).")
    #expect(
      sentence([1], .spending(.hwangShihDeCani(gamma: 41)))
        == "gamma of the spending function = 41, must be in [-40, 40].")
    #expect(sentence([1], .spending(.kimDeMets(rho: 0))) == "rho of the spending function = 0, must be in (0, 50].")
    #expect(sentence([1], .wangTsiatis(delta: 2)) == "delta of the bounds = 2, must be in [-0.5, 1].")
    #expect(sentence([1], .haybittlePeto(interim: 0)) == "interim bound = 0, must be positive and finite.")
    #expect(
      sentence([0.5, 1], .haybittlePeto(interim: 1))
        == "interim bound = 1, must be higher: the looks before the last use up more than alpha.")
  }

  @Test func tables() {
    func table(_ knots: (Double, Double)...) -> String {
      sentence([1], .spending(.table(knots.map { .init(fraction: $0.0, share: $0.1) })))
    }
    #expect(table() == "knots of the spending table = 0, must be at least 1.")
    #expect(table((0.5, 0.2), (0.4, 0.3)) == "fraction in the spending table = 0.4, must increase within (0, 1].")
    #expect(
      table((0.5, 0.2), (0.6, 0.1)) == "share in the spending table = 0.1, must not decrease, and stay within [0, 1].")
    #expect(table((1, 0.9)) == "share at the full information = 0.9, must be 1.")
  }

  @Test func futility() {
    let spending = Design.Futility.Rule.spending(.lanDeMetsPocock, beta: 0.2)
    #expect(sentence([0.5, 1], futility: .init(spending)) == "sides = 2, must be 1 for a design with a futility rule.")
    #expect(
      sentence([0.5, 1], sides: .one, futility: .init(.bounds([0, 1])))
        == "futility bounds = 2, must be one a look before the last (1).")
    #expect(
      sentence([0.5, 1], sides: .one, futility: .init(.spending(.lanDeMetsPocock, beta: 0.96)))
        == "beta = 0.96, must be positive and below 1 - alpha.")
    #expect(
      sentence([0.5, 1], sides: .one, futility: .init(spending, isBinding: true))
        == "efficacy bounds: must come from a spending function when futility binds and spends beta.")
    #expect(
      sentence([0.5, 1], sides: .one, futility: .init(.bounds([5])))
        .hasPrefix("futility bound = 5, must be below the efficacy bound of its look (1.87"))
  }

  @Test func questions() throws {
    let design = try Design(looks: 3, alpha: 0.05, efficacy: .pocock)
    #expect(sentence { _ = try design.inflation(power: 0.05) } == "power = 0.05, must be above alpha and below 1.")
    #expect(sentence { _ = try design.advice(look: 4, z: 0) } == "look = 4, must be 1 to 3.")
    #expect(sentence { _ = try design.advice(look: 1, z: .nan) } == "z-statistic: must be a number.")
    #expect(
      sentence { _ = try design.conditionalPower(look: 3, z: 1, drift: 0) }
        == "look = 3, must be one before the last (3).")
    #expect(
      sentence { _ = try design.stagewiseInference(look: 1, z: 1, confidence: .ninetyFive) }
        == "z-statistic = 1, must be beyond a bound of its look: the test has not stopped there.")
    #expect(
      sentence { _ = try design.observed(at: [0.4]) }
        == "information fractions: must be the planned ones, unless the bounds come from a spending function.")
    #expect(
      sentence { _ = try design.repeatedInterval(look: 1, estimate: 0, standardError: 0) }
        == "standard error = 0, must be positive and finite.")
    #expect(
      sentence {
        _ = try GroupSequentialBoundary(informationFractions: [1], upper: [1], lower: [2])
      } == "lower bound = 2, must not be above the upper bound of its look.")
  }
}
