import Basics
import Deployment
import Experiments
import Testing

/// The documents are written out by hand from the formats' definitions.
@Suite struct FlagFileTests {
  @Test func flagd() throws {
    let state = try RolloutFixture.state(stage: 1)
    #expect(
      try RolloutFixture.text(state, .flagd) == #"{"$schema":"https://flagd.dev/schema/v0/flags.json","flags":"#
        + #"{"one-page":{"state":"ENABLED","variants":{"control":false,"treatment":true},"defaultVariant":"control","#
        + #""targeting":{"fractional":[{"cat":["checkout/rollout",{"var":"targetingKey"}]},["treatment",1000],"#
        + #"["control",9000]]},"metadata":{"experiment":"checkout","decision":"ship","stage":1,"share":0.1,"#
        + #""specHash":"\#(state.specHash)","fractionalGeneration":2}}}}"#)
  }

  @Test func flagdAtFullShareServesTheWinnerByDefault() throws {
    let flag = try FlagFile(RolloutFixture.state(stage: 3), target: .flagd).document["flags"]?["one-page"]
    #expect(flag?["defaultVariant"]?.string == "treatment")
    #expect(flag?["targeting"] == nil)
  }

  @Test func growthbook() throws {
    #expect(
      try RolloutFixture.text(RolloutFixture.state(stage: 2), .growthbook)
        == #"{"status":200,"features":{"one-page":{"defaultValue":false,"rules":[{"id":"checkout-stage-2","#
        + #""force":true,"range":[0,0.5],"seed":"checkout/rollout","hashAttribute":"id","hashVersion":2}]}}}"#)
    #expect(
      try RolloutFixture.text(RolloutFixture.state(stage: 3), .growthbook)
        == #"{"status":200,"features":{"one-page":{"defaultValue":true}}}"#)
  }

  @Test func unleash() throws {
    #expect(
      try RolloutFixture.text(RolloutFixture.state(stage: 1), .unleash)
        == #"{"version":2,"features":[{"name":"one-page","type":"release","enabled":true,"strategies":[{"#
        + #""name":"flexibleRollout","parameters":{"rollout":"10","stickiness":"userId","groupId":"checkout/rollout"},"#
        + #""constraints":[],"variants":[{"name":"treatment","weight":1000,"weightType":"variable","#
        + #""stickiness":"userId","payload":{"type":"string","value":"true"}}]}]}]}"#)
  }

  @Test func launchDarkly() throws {
    #expect(
      try RolloutFixture.text(RolloutFixture.state(stage: 1), .launchdarkly)
        == #"{"flags":{"one-page":{"key":"one-page","on":true,"version":2,"salt":"checkout/rollout","#
        + #""variations":[false,true],"offVariation":0,"fallthrough":{"rollout":{"contextKind":"user","variations":["#
        + #"{"variation":1,"weight":10000},{"variation":0,"weight":90000}]}}}}}"#)
  }

  @Test func eppo() throws {
    #expect(
      try RolloutFixture.text(RolloutFixture.state(stage: 1), .eppo)
        == #"{"createdAt":"1970-01-01T00:00:00.000Z","format":"SERVER","environment":{"name":"production"},"flags":{"#
        + #""one-page":{"key":"one-page","enabled":true,"variationType":"BOOLEAN","variations":{"#
        + #""control":{"key":"control","value":false},"treatment":{"key":"treatment","value":true}},"allocations":["#
        + #"{"key":"checkout-stage-1","rules":[],"doLog":true,"splits":[{"variationKey":"treatment","shards":["#
        + #"{"salt":"checkout/rollout","ranges":[{"start":0,"end":1000}]}]}]},"#
        + #"{"key":"checkout-control","rules":[],"doLog":true,"splits":[{"variationKey":"control","shards":[]}]}],"#
        + #""totalShards":10000}}}"#)
  }

  @Test func unleashExport() throws {
    let document = try FlagFile(RolloutFixture.state(stage: 1), target: .unleashExport).document
    let strategy = document["featureStrategies"]?.array?.first
    #expect(strategy?["featureName"]?.string == "one-page" && strategy?["parameters"]?["rollout"]?.string == "10")
    #expect(document["features"]?.array?.first?["name"]?.string == "one-page")
    #expect(document["featureEnvironments"]?.array?.first?["enabled"]?.bool == true)
    // What the server's schema requires, and nothing that it does not know.
    let known: Set = [
      "features", "featureStrategies", "featureEnvironments", "contextFields", "featureTags", "segments", "tagTypes",
      "dependencies",
    ]
    #expect(Set(document.object?.members.map(\.key) ?? []) == known)
  }

  @Test func flagdOfGeneration3() throws {
    let state = try RolloutFixture.state(stage: 1)
    let (second, third) = (try RolloutFixture.text(state, .flagd), try RolloutFixture.text(state, .flagd3))
    #expect(second.replacing(#""fractionalGeneration":2"#, with: #""fractionalGeneration":3"#) == third)
  }

  @Test func aRollbackServesTheControlToEveryone() throws {
    let state = try RolloutFixture.state(stage: 0, winner: nil)
    #expect(state.share == 0)
    let flagd = try FlagFile(state, target: .flagd).document["flags"]?["one-page"]
    #expect(flagd?["defaultVariant"]?.string == "control")
    #expect(flagd?["targeting"] == nil)
    #expect(flagd?["variants"]?.text() == #"{"control":false}"#)
    let growthbook = try FlagFile(state, target: .growthbook).document["features"]?["one-page"]
    #expect(growthbook?.text() == #"{"defaultValue":false}"#)
    let unleash = try FlagFile(state, target: .unleash).document["features"]?.array?.first
    #expect(unleash?["enabled"]?.bool == false)
    let launchDarkly = try FlagFile(state, target: .launchdarkly).document["flags"]?["one-page"]
    #expect(launchDarkly?["fallthrough"]?.text() == #"{"variation":0}"#)
  }

  @Test("The sum of the weights never changes, so nobody moves but to the winner", arguments: 1...99)
  func weightsAreConstant(percent: Int) throws {
    let spec = try RolloutFixture.spec(shares: ["\(percent)%", "100%"])
    let state = try RolloutState(spec: spec, winner: "treatment", stage: 1, decision: "ship")
    let flagd = try FlagFile(state, target: .flagd).document["flags"]?["one-page"]?["targeting"]?["fractional"]
    let buckets = flagd?.array?.dropFirst().compactMap(\.array) ?? []
    #expect(buckets.first?.first?.string == "treatment")
    #expect(buckets.compactMap { $0.last?.int } == [percent * 100, 10_000 - percent * 100])
  }

  // MARK: - Faults

  @Test func valuesOfOneFlagAreOfOneType() throws {
    let spec = try RolloutFixture.spec(control: "false", treatment: "new")
    #expect(
      sentence(spec, .flagd)
        == "the values of the flag 'one-page' must be of one type, all text, all numbers or all true/false.")
  }

  @Test func unleashRampsInWholePercent() throws {
    let spec = try RolloutFixture.spec(shares: ["0.5%", "100%"])
    #expect(sentence(spec, .unleash) == "Unleash ramps in whole percent; the stage's share is 0.5 %.")
    #expect(sentence(spec, .flagd) == nil)
  }

  @Test func aShareThatTheFormatCannotExpress() throws {
    let spec = try RolloutFixture.spec(shares: ["0.00123", "1"])
    #expect(sentence(spec, .flagd) == "flagd cannot express a share of 0.00123.")
    #expect(sentence(spec, .launchdarkly) == nil)
  }

  @Test func unknownVariantAndStage() throws {
    let spec = try RolloutFixture.spec()
    #expect(sentence(spec, .flagd, winner: "treatmnt") == "no variant 'treatmnt'. Did you mean 'treatment'?")
    #expect(sentence(spec, .flagd, stage: 4) == "no stage 4; the rollout has stages 1 to 3.")
    var bare = spec
    bare.rollout = nil
    #expect(
      sentence(bare, .flagd)
        == "the experiment 'checkout' has no rollout. Add 'rollout:' with a flag and stages to its spec.")
  }

  private func sentence(
    _ spec: ExperimentSpec, _ target: ExperimentSpec.Rollout.Target, winner: String = "treatment", stage: Int = 1
  ) -> String? {
    do {
      _ = try FlagFile(RolloutState(spec: spec, winner: winner, stage: stage, decision: "ship"), target: target)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
