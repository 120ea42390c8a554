import Allocation
import Basics
import Deployment
import Experiments
import Testing

/// Whom the files serve what. That the platforms' own evaluators agree is Tests/sdk-agreement.sh.
@Suite struct ServingTests {
  typealias Target = ExperimentSpec.Rollout.Target

  private static func serving(_ target: Target, stage: Int, winner: String? = "treatment") throws -> Serving {
    try FlagFile(RolloutFixture.state(stage: stage, winner: winner), target: target).serving
  }

  @Test("stages only add users, in their share", arguments: Target.allCases)
  func growth(_ target: Target) throws {
    let stages = try (1...3).map { try Self.serving(target, stage: $0) }
    var counts = [0, 0, 0]
    for number in 0..<10_000 {
      let id = Array("user-\(number)".utf8)
      let served = try stages.map { try $0.variant(of: id) == "treatment" }
      #expect(!served[0] || served[1])
      #expect(!served[1] || served[2])
      for stage in 0..<3 where served[stage] { counts[stage] += 1 }
    }
    // Binomials of 10,000 at 0.1 and 0.5, four standard deviations; the last stage is everybody.
    #expect(abs(counts[0] - 1000) < 120 && abs(counts[1] - 5000) < 200 && counts[2] == 10_000)
  }

  @Test("the command that gives the same users")
  func command() throws {
    let commands = try Target.allCases.map { try Self.serving($0, stage: 1).command }
    #expect(
      commands == [
        "verdict assign FILE --scheme flagd/2 --salt checkout/rollout --weights treatment=1000,control=9000",
        "verdict assign FILE --scheme flagd/3 --salt checkout/rollout --weights treatment=1000,control=9000",
        "verdict assign FILE --scheme growthbook/2-utf16 --salt checkout/rollout --weights treatment=1000,control=9000",
        "verdict assign FILE --scheme unleash/1-rollout --salt checkout/rollout --weights control=90,treatment=10",
        "verdict assign FILE --scheme unleash/1-rollout --salt checkout/rollout --weights control=90,treatment=10",
        "verdict assign FILE --scheme launchdarkly/1 --salt one-page.checkout/rollout "
          + "--weights treatment=10000,control=90000",
        "verdict assign FILE --scheme eppo/1 --salt checkout/rollout --weights treatment=1000,control=9000",
      ])
    #expect(try Self.serving(.flagd, stage: 3).command == nil)
    #expect(try Self.serving(.flagd, stage: 0, winner: nil).command == nil)
  }

  @Test("who would lose what they have: a lower share, another system; growth and the first deployment move nobody")
  func moves() throws {
    let ids = UnitIDs((0..<10_000).map { "u\($0)" })
    let (small, half) = (try Self.serving(.flagd, stage: 1), try Self.serving(.flagd, stage: 2))
    func count(_ old: Serving, _ new: Serving) -> ExposedMoves {
      ExposedMoves(from: old, to: new, control: "control", ids: ids)
    }
    let grown = count(small, half)
    #expect(grown.moved == 0 && abs(grown.exposed - 1000) < 120)
    // Of the half, four fifths lose it; four standard deviations are 113 of 5,000 at 0.2, and 200 of 10,000 at 0.5.
    let shrunk = count(half, small)
    #expect(shrunk.exposed - shrunk.moved == grown.exposed && abs(shrunk.exposed - 5000) < 200)
    let elsewhere = count(half, try Self.serving(.growthbook, stage: 2))
    #expect(abs(elsewhere.moved * 2 - elsewhere.exposed) < 283)
    let rolledBack = count(half, .everyone("control"))
    #expect(rolledBack.moved == rolledBack.exposed)
    #expect(count(.everyone("control"), half) == count(.everyone("control"), small))
    #expect(count(.everyone("control"), half).exposed == 0)
    #expect(
      shrunk.sentence
        == "of 10000 users \(shrunk.exposed) get the new variant now and \(shrunk.moved) of them would get another one")
    let sampled = ExposedMoves(from: half, to: half, control: "control", ids: nil)
    #expect(sampled.isSample && sampled.users == 100_000 && sampled.moved == 0)
  }

  @Test("every target says what it cannot express", arguments: Target.allCases)
  func limits(_ target: Target) throws {
    let limits = try FlagFile(RolloutFixture.state(stage: 1), target: target).limits
    #expect(limits.contains { $0.contains("watched here") })
  }
}
