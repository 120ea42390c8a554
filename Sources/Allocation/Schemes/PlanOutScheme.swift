/// PlanOut: the first 15 hexadecimal digits of SHA-1 of experiment ‖ "." ‖ parameter ‖ "." ‖ unit.
///
/// The operators are here; `PlanOutNamespace` replays a namespace. The reference encodes ids as ASCII and raises on others.
extension Scheme {
  static let planOutProvenance =
    "facebookarchive/planout python/planout/ops/random.py (BSD); checked against PyPI planout 0.5"
  private static let planOutSalt = "experiment salt and parameter, joined by a dot"

  /// `WeightedChoice`: the first choice with u · Σw <= cumulative weight, u = h / 2⁶⁰.
  static let planOutWeightedChoice = Scheme(
    .planout, formula: "WeightedChoice: first with (sha1 60 bits / 2^60) · Σw <= cumulative weight",
    salt: planOutSalt, provenance: planOutProvenance, alphabet: .ascii
  ) { (shares) throws(AllocationFault) in
    try shares.requireEverybody(namespaceInstead)
    let weights = shares.weights.map { Double($0) / Double(FixedPoint.unit) }
    let total = weights.reduce(0, +)
    var sum = 0.0
    let ends = weights.map { weight in
      sum += weight
      return Bucketing.threshold(1 << 60) { uniform($0) * total > sum }
    }
    return Bucketing(planOutDraw(shares.salt), ranges: Bucketing.consecutive(ends))
  }

  /// `UniformChoice`: h mod n; the weights must be equal.
  static let planOutUniformChoice = Scheme(
    .planoutUniform, formula: "UniformChoice: sha1 60 bits mod n", salt: planOutSalt, provenance: planOutProvenance,
    alphabet: .ascii
  ) { (shares) throws(AllocationFault) in
    try shares.requireEverybody(namespaceInstead)
    guard Set(shares.weights).count == 1 else { throw AllocationFault(.equalWeights(shares.scheme)) }
    let count = UInt64(shares.weights.count)
    return Bucketing(
      planOutDraw(shares.salt, .modulo(count)), ranges: Bucketing.consecutive((1...count).map { $0 }))
  }

  /// `BernoulliTrial`: 1, the second arm, if u <= p.
  static let planOutBernoulli = Scheme(
    .planoutBernoulli, formula: "BernoulliTrial: the second arm if sha1 60 bits / 2^60 <= its share",
    salt: planOutSalt, provenance: planOutProvenance, alphabet: .ascii
  ) { (shares) throws(AllocationFault) in
    let share = Double(try shares.yesOrNo()) / Double(shares.total)
    let edge = Bucketing.threshold(1 << 60) { uniform($0) > share }
    return Bucketing(planOutDraw(shares.salt), ranges: [edge..<1 << 60, 0..<edge])
  }

  private static let namespaceInstead = "use a namespace for it"

  static func planOutDraw(_ salt: String, _ reduction: Draw.Reduction = .none) -> Draw {
    Draw(.sha1(bits: 60), prefix: salt + ".", reduction)
  }

  /// The reference divides by 0xFFFFFFFFFFFFFFF, which as a double is 2⁶⁰.
  static func uniform(_ hash: UInt64) -> Double { Double(hash) / 0x1p60 }
}
