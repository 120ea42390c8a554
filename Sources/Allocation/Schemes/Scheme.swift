/// A published mapping from a unit's id and a salt to an arm: what it is, where it was read, how it treats odd input.
public struct Scheme: Sendable {
  /// What becomes of an empty id.
  public enum EmptyID: String, Sendable, Hashable {
    /// It is an error.
    case refused
    /// The platform does not enrol it.
    case notEnrolled = "not-enrolled"
    /// The platform hashes it as any other: all without an id get one arm.
    case hashed
  }

  /// Which ids the scheme can read.
  public enum Alphabet: String, Sendable, Hashable {
    /// Any bytes.
    case bytes
    /// Valid UTF-8, because characters are hashed.
    case text
    case ascii
  }

  public let name: SchemeName
  /// How the number is drawn and compared.
  public let formula: String
  /// What the salt of a plan is on the platform.
  public let salt: String
  /// Where the definition was read, and what it was checked against.
  public let provenance: String
  public let emptyID: EmptyID
  public let alphabet: Alphabet
  let make: @Sendable (Shares) throws(AllocationFault) -> Bucketing

  init(
    _ name: SchemeName, formula: String, salt: String, provenance: String, emptyID: EmptyID = .hashed,
    alphabet: Alphabet = .bytes, make: @escaping @Sendable (Shares) throws(AllocationFault) -> Bucketing
  ) {
    self.name = name
    self.formula = formula
    self.salt = salt
    self.provenance = provenance
    self.emptyID = emptyID
    self.alphabet = alphabet
    self.make = make
  }
}

extension SchemeName {
  /// The scheme itself.
  public var scheme: Scheme {
    switch self {
    case .verdict1: .verdict
    case .growthbook1: .growthBook(self, version: 1, .utf8)
    case .growthbook2: .growthBook(self, version: 2, .utf8)
    case .growthbook1UTF16: .growthBook(self, version: 1, .utf16)
    case .growthbook2UTF16: .growthBook(self, version: 2, .utf16)
    case .growthbook1Rollout: .growthBookRollout(self, version: 1, .utf8, includesEdge: true)
    case .growthbook2Rollout: .growthBookRollout(self, version: 2, .utf8, includesEdge: true)
    case .growthbook1RolloutUTF16: .growthBookRollout(self, version: 1, .utf16, includesEdge: true)
    case .growthbook2RolloutUTF16: .growthBookRollout(self, version: 2, .utf16, includesEdge: true)
    case .growthbook1RolloutBelow: .growthBookRollout(self, version: 1, .utf16, includesEdge: false)
    case .growthbook2RolloutBelow: .growthBookRollout(self, version: 2, .utf16, includesEdge: false)
    case .growthbookNamespace: .growthBookNamespace
    case .optimizely: .optimizely
    case .unleash: .unleash
    case .unleashRollout: .unleashRollout
    case .planout: .planOutWeightedChoice
    case .planoutUniform: .planOutUniformChoice
    case .planoutBernoulli: .planOutBernoulli
    case .launchdarkly: .launchDarkly(self, seeded: false)
    case .launchdarklySeed: .launchDarkly(self, seeded: true)
    case .statsig: .statsig
    case .statsigBucket: .statsigBucket
    case .flagd1: .flagd1
    case .flagd2: .flagd2
    case .flagd3: .flagd3(self, .cborText)
    case .flagd3Shorthand: .flagd3(self, .cborPair)
    case .eppo: .eppo
    case .splitLegacy: .splitLegacy(self, .utf16)
    case .splitLegacyCodePoints: .splitLegacy(self, .codePoints)
    case .splitMurmur: .splitMurmur
    case .posthog: .postHog
    case .posthogRollout: .postHogRollout
    case .flipper: .flipper
    case .proctor: .proctor
    }
  }
}
