/// XXH64, a fast 64-bit hash for identifying bytes; not cryptographic.
///
/// - Source: Yann Collet, "xxHash fast digest algorithm", format specification 0.1.1 (2018), section "XXH64".
/// - Checked against: the xxhash library through Python's `xxhash` package, Tests/HashingTests/Fixtures.
public struct XXH64: Sendable {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  private let seed: UInt64
  private var lanes: SIMD4<UInt64>
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  public init(seed: UInt64 = 0) {
    self.seed = seed
    lanes = SIMD4(seed &+ Self.prime1 &+ Self.prime2, seed &+ Self.prime2, seed, seed &- Self.prime1)
    pending.reserveCapacity(32)
  }

  /// Adds bytes; the digest depends on the bytes only, not on how they were cut.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let wanted = min(32 - pending.count, rest.count)
      pending.append(contentsOf: rest.prefix(wanted))
      rest = rest.dropFirst(wanted)
      guard pending.count == 32 else { return }
      pending.withUnsafeBytes { lanes = Self.stripes(lanes, $0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count & ~31
    lanes = Self.stripes(lanes, UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
    pending.append(contentsOf: rest.dropFirst(whole))
  }

  /// The hash of all bytes so far; more may follow.
  public var digest: UInt64 {
    var hash: UInt64
    if length >= 32 {
      hash =
        Self.rotated(lanes[0], 1) &+ Self.rotated(lanes[1], 7) &+ Self.rotated(lanes[2], 12)
        &+ Self.rotated(lanes[3], 18)
      for lane in 0..<4 { hash = (hash ^ Self.round(0, lanes[lane])) &* Self.prime1 &+ Self.prime4 }
    } else {
      hash = seed &+ Self.prime5
    }
    return pending.withUnsafeBytes { Self.finish(hash &+ length, $0) }
  }

  /// The hash of bytes that lie in one piece.
  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    var state = XXH64(seed: seed)
    state.update(bytes)
    return state.digest
  }

  /// `xxh64:` and 16 hexadecimal digits.
  public static func fingerprint(_ digest: UInt64) -> String {
    let hex = String(digest, radix: 16)
    return "xxh64:" + String(repeating: "0", count: 16 - hex.count) + hex
  }

  // MARK: - Rounds

  @inline(__always) private static func rotated(_ x: UInt64, _ by: UInt64) -> UInt64 {
    (x &<< by) | (x &>> (64 &- by))
  }

  @inline(__always) private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotated(lane &+ (input &* prime2), 31) &* prime1
  }

  private static func stripes(_ start: SIMD4<UInt64>, _ bytes: UnsafeRawBufferPointer) -> SIMD4<UInt64> {
    var (a, b, c, d) = (start[0], start[1], start[2], start[3])
    var offset = 0
    while offset &+ 32 <= bytes.count {
      a = round(a, word64(bytes, offset))
      b = round(b, word64(bytes, offset &+ 8))
      c = round(c, word64(bytes, offset &+ 16))
      d = round(d, word64(bytes, offset &+ 24))
      offset &+= 32
    }
    return SIMD4(a, b, c, d)
  }

  private static func finish(_ start: UInt64, _ tail: UnsafeRawBufferPointer) -> UInt64 {
    var hash = start
    var offset = 0
    while offset + 8 <= tail.count {
      hash = (rotated(hash ^ round(0, word64(tail, offset)), 27) &* prime1) &+ prime4
      offset += 8
    }
    if offset + 4 <= tail.count {
      let word = UInt64(UInt32(littleEndian: tail.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      hash = (rotated(hash ^ (word &* prime1), 23) &* prime2) &+ prime3
      offset += 4
    }
    while offset < tail.count {
      hash = rotated(hash ^ (UInt64(tail[offset]) &* prime5), 11) &* prime1
      offset += 1
    }
    hash = (hash ^ (hash &>> 33)) &* prime2
    hash = (hash ^ (hash &>> 29)) &* prime3
    return hash ^ (hash &>> 32)
  }

  @inline(__always) private static func word64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
