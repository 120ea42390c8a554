import Allocation
import Basics

extension KernelRegistry {
  /// The platforms' bucketing, as golden vectors name them.
  mutating func registerAllocation() {
    for vector in PlatformVector.all {
      register("allocation.\(vector.platform)") { input in
        let (key, salt) = (try input.word("key"), try input.word("salt"))
        return try vector.evaluate(key, salt, VectorParameters(try input.word("parameters")))
      }
    }
    register("allocation.planout-namespace-alloc", namespaceAllocation)
  }
}

/// How one platform's vectors are written: which scheme they are of, what stands in their parameters and as bucket.
private struct PlatformVector: Sendable {
  let platform: String
  let evaluate: @Sendable (String, String, VectorParameters) throws -> JSONValue

  /// A scheme with weights; `bucket` turns the integer drawn into the number that the platform shows.
  init(
    _ platform: String, _ scheme: SchemeName, weights: @escaping @Sendable (VectorParameters) throws -> [String],
    salt: @escaping @Sendable (String) -> String = { $0 },
    bucket: @escaping @Sendable (Int) -> JSONValue = { .integer($0) },
    arm: @escaping @Sendable (Int?) -> JSONValue = { .integer($0 ?? -1) }
  ) {
    self.platform = platform
    evaluate = { key, text, parameters in
      let arms = try weights(parameters).enumerated().map { try Arm("\($0)", weight: $1) }
      let plan = try AllocationPlan(
        scheme: scheme, salt: salt(text), arms: arms, coverage: parameters["coverage"] ?? "1")
      let one = try plan.assign(key)
      return ["bucket": bucket(one.bucket), "assignment": arm(one.arm)]
    }
  }

  /// The arm's second is yes.
  private static func share(_ percentage: String) throws -> [String] {
    guard let value = Double(percentage) else { throw KernelInputFault(key: "parameters", expected: "a percentage") }
    return [rest(value, of: 100), percentage]
  }

  /// What a share leaves, in the decimals that weights may have.
  private static func rest(_ value: Double, of whole: Double) -> String {
    "\(((whole - value) * 1e6).rounded() / 1e6)"
  }

  private static func over(_ total: Double) -> @Sendable (Int) -> JSONValue { { .number(Double($0) / total) } }

  static let all: [PlatformVector] = [
    .init("growthbook-v1", .growthbook1UTF16, weights: { try $0.list("weights") }, bucket: over(1000)),
    .init("growthbook-v2", .growthbook2UTF16, weights: { try $0.list("weights") }, bucket: over(10_000)),
    .namespace,
    .init("optimizely", .optimizely, weights: { try $0.differences("endOfRange") }),
    .init("unleash-rollout", .unleashRollout, weights: { try share($0.word("rollout")) }),
    .init(
      "unleash-variant", .unleash, weights: { try $0.list("weights") },
      arm: { .string($0.flatMap { UnicodeScalar(65 + $0) }.map { String($0) } ?? "") }),
    // Where the file does not state the trial's p, 0.3 is that of its other platforms and agrees with every row.
    .init(
      "planout-float", .planoutBernoulli,
      weights: { parameters in
        let p = parameters["p"] ?? "0.3"
        guard let share = Double(p) else { throw KernelInputFault(key: "parameters", expected: "a probability") }
        return [rest(share, of: 1), p]
      }, bucket: over(0x1p60)),
    .init("planout-segment", .planoutUniform, weights: { Array(repeating: "1", count: try $0.count("num_segments")) }),
    .init(
      "launchdarkly-salt", .launchdarkly, weights: { try $0.list("weights") }, bucket: over(0x1p60)),
    .init(
      "launchdarkly-seed", .launchdarklySeed, weights: { try $0.list("weights") }, bucket: over(0x1p60)),
    .init("statsig-pass", .statsig, weights: { try share($0.word("passPercentage")) }),
    .init("statsig-user-bucket", .statsigBucket, weights: { _ in ["1", "1"] }),
    .init(
      "flagd-v1-float", .flagd1, weights: { try $0.list("weights") },
      bucket: { .number(Double($0) / 2_147_483_647 * 100) }),
    .init("flagd-v2-integer", .flagd2, weights: { try $0.list("weights") }),
    .init("flagd-v3-cbor", .flagd3Shorthand, weights: { try $0.list("weights") }),
    .init(
      "eppo", .eppo,
      weights: { try $0.list("ranges").map { range in VectorParameters.width(range) } }),
    .init("split-legacy", .splitLegacy, weights: { try $0.list("size") }),
    .init("split-murmur", .splitMurmur, weights: { try $0.list("size") }),
    .init("posthog-rollout", .posthogRollout, weights: { try share($0.word("rollout")) }, bucket: over(0x1p60)),
    .init(
      "posthog-variant", .posthog, weights: { $0.bare }, salt: { String($0.prefix { $0 != "+" }) },
      bucket: over(0x1p60)),
    .init("flipper", .flipper, weights: { try share($0.word("percentage")) }),
    .init("proctor-amp-salt", .proctor, weights: { try $0.list("lengths") }),
    .init("proctor-name-salt", .proctor, weights: { try $0.list("lengths") }),
    .uniformChoice,
  ]

  /// A namespace's range is what lies below its end and not below its beginning.
  private static let namespace = PlatformVector(platform: "growthbook-namespace") { key, salt, parameters in
    let ends = try parameters.list("range", separator: "-")
    let below = try ends.map { end in
      guard let share = Double(end) else { throw KernelInputFault(key: "parameters", expected: "a range") }
      let arms = [try Arm("0", weight: rest(share, of: 1)), try Arm("1", weight: end)]
      return try AllocationPlan(scheme: .growthbookNamespace, salt: salt, arms: arms).assign(key)
    }
    guard below.count == 2 else { throw KernelInputFault(key: "parameters", expected: "a range") }
    let isInside = below[1].arm == 1 && below[0].arm != 1
    return ["bucket": .number(Double(below[1].bucket) / 1000), "assignment": .integer(isInside ? 1 : 0)]
  }

  /// The vectors of `UniformChoice` show the hash itself.
  private static let uniformChoice = PlatformVector(platform: "planout-uniformchoice") { key, salt, parameters in
    let count = try parameters.count("choices")
    let arms = try (0..<count).map { try Arm("\($0)", weight: 1) }
    let plan = try AllocationPlan(scheme: .planoutUniform, salt: salt, arms: arms)
    let hash = Array(key.utf8).withUnsafeBytes { plan.bucketing.draw.hashed($0) }
    return ["bucket": .integer(Int(hash)), "assignment": .integer(try plan.assign(key).arm ?? -1)]
  }

  private init(
    platform: String, evaluate: @escaping @Sendable (String, String, VectorParameters) throws -> JSONValue
  ) {
    self.platform = platform
    self.evaluate = evaluate
  }
}

/// `weights=0.3/0.3/0.4 coverage=0.8`, `weights=25x4`, `50/30/20`.
private struct VectorParameters: Sendable {
  private let text: String

  init(_ text: String) { self.text = text }

  subscript(name: String) -> String? {
    for pair in text.split(separator: " ") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0] == name { return String(parts[1]) }
    }
    return nil
  }

  func word(_ name: String) throws(KernelInputFault) -> String {
    guard let value = self[name] else { throw KernelInputFault(key: "parameters", expected: "'\(name)=...'") }
    return value
  }

  func count(_ name: String) throws(KernelInputFault) -> Int {
    guard let value = Int(try word(name)), (1...100_000).contains(value) else {
      throw KernelInputFault(key: "parameters", expected: "a count '\(name)=...'")
    }
    return value
  }

  func list(_ name: String, separator: Character = "/") throws(KernelInputFault) -> [String] {
    let value = try word(name)
    let repeated = value.split(separator: "x")
    if repeated.count == 2, let count = Int(repeated[1]), (1...10_000).contains(count) {
      return Array(repeating: String(repeated[0]), count: count)
    }
    return value.split(separator: separator).map(String.init)
  }

  var bare: [String] { text.split(separator: "/").map(String.init) }

  /// Widths of ranges from their upper ends.
  func differences(_ name: String) throws(KernelInputFault) -> [String] {
    var last = 0
    return try list(name).map { text in
      let end = Int(text) ?? last
      defer { last = end }
      return "\(end - last)"
    }
  }

  static func width(_ range: String) -> String {
    let ends = range.split(separator: "-").compactMap { Int($0) }
    return "\((ends.last ?? 0) - (ends.first ?? 0))"
  }
}

/// `first 5 of 100 of 1000 segments`: the first five drawn, and the sum of all.
private func namespaceAllocation(_ input: JSONValue) throws -> JSONValue {
  let numbers = try input.word("parameters").split(separator: " ").compactMap { Int($0) }
  guard numbers.count == 3 else { throw KernelInputFault(key: "parameters", expected: "'first F of N of S segments'") }
  var namespace = try PlanOutNamespace(name: try input.word("salt"), segments: numbers[2])
  let drawn = try namespace.add(try input.word("key"), segments: numbers[1])
  return [
    "bucket": .string(drawn.prefix(numbers[0]).map(String.init).joined(separator: " ")),
    "assignment": .string("sum=\(drawn.reduce(0, +))"),
  ]
}
