import Basics

/// The published schemes by identifier. An identifier's mapping never changes; a new mapping is a new identifier.
///
/// The number behind the slash is the platform's own generation where it counts them. A word behind it names a family of
/// SDKs or an operator that maps the same unit elsewhere.
public enum SchemeName: String, Sendable, Hashable, CaseIterable {
  case verdict1 = "verdict/1"

  case growthbook2 = "growthbook/2"
  case growthbook1 = "growthbook/1"
  case growthbook2UTF16 = "growthbook/2-utf16"
  case growthbook1UTF16 = "growthbook/1-utf16"
  case growthbook2Rollout = "growthbook/2-rollout"
  case growthbook1Rollout = "growthbook/1-rollout"
  case growthbook2RolloutUTF16 = "growthbook/2-rollout-utf16"
  case growthbook1RolloutUTF16 = "growthbook/1-rollout-utf16"
  case growthbook2RolloutBelow = "growthbook/2-rollout-below"
  case growthbook1RolloutBelow = "growthbook/1-rollout-below"
  case growthbookNamespace = "growthbook/1-namespace"

  case optimizely = "optimizely/1"
  case unleash = "unleash/1"
  case unleashRollout = "unleash/1-rollout"
  case planout = "planout/1"
  case planoutUniform = "planout/1-uniform"
  case planoutBernoulli = "planout/1-bernoulli"
  case launchdarkly = "launchdarkly/1"
  case launchdarklySeed = "launchdarkly/1-seed"
  case statsig = "statsig/1"
  case statsigBucket = "statsig/1-bucket"
  case flagd1 = "flagd/1"
  case flagd2 = "flagd/2"
  case flagd3 = "flagd/3"
  case flagd3Shorthand = "flagd/3-shorthand"
  case eppo = "eppo/1"
  case splitLegacy = "split/1"
  case splitLegacyCodePoints = "split/1-codepoints"
  case splitMurmur = "split/2"
  case posthog = "posthog/1"
  case posthogRollout = "posthog/1-rollout"
  case flipper = "flipper/1"
  case proctor = "proctor/1"

  /// - Throws: `AllocationFault` with the nearest name.
  public init(parsing text: String) throws(AllocationFault) {
    guard let name = SchemeName(rawValue: text) else {
      let known = SchemeName.allCases.map(\.rawValue)
      throw AllocationFault(.unknownScheme(text, nearest: nearestName(to: text, among: known)))
    }
    self = name
  }
}
