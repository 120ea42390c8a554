import Hashing

/// The number that a scheme draws for a unit: a hash of prefix ‖ id ‖ suffix, reduced to buckets.
///
/// A draw is data: the same value is computed here, explained to the user and written as SQL.
package struct Draw: Sendable {
  package enum Hash: Sendable, Hashable {
    /// FNV-1a, 32 bits.
    case fnv1a
    /// FNV-1a of the decimal digits of FNV-1a.
    case fnv1aTwice
    case murmur3(seed: UInt32)
    case crc32
    /// Java's `hashCode`, xor a seed.
    case javaHash(seed: Int32)
    /// The first 32 bits.
    case md5Head
    /// The last 32 bits as a signed number, moved up by 2³¹ so that the smallest is 0.
    case md5Tail
    /// The leading bits, at most 64.
    case sha1(bits: Int)
    case sha256(bits: Int)
  }

  /// What the hash takes for one character.
  package enum Units: Sendable, Hashable {
    case utf8, utf16, codePoints
    /// Bytes of the text string prefix ‖ id in deterministic CBOR.
    case cborText
    /// Bytes of the array [prefix, id] in deterministic CBOR.
    case cborPair
  }

  package enum Reduction: Sendable, Hashable {
    case none
    case modulo(UInt64)
    /// (h · buckets) >> bits, for a hash of that many bits.
    case multiplyShift(buckets: UInt64, bits: UInt64)
    /// |h| of the hash as a signed number of 32 bits.
    case magnitude
    /// |h mod n| of the hash as a signed number of 32 bits.
    case magnitudeModulo(UInt64)
  }

  package let hash: Hash
  package let units: Units
  package let reduction: Reduction
  package let prefix: String
  package let suffix: String
  private let prefixBytes: [UInt8]
  private let suffixBytes: [UInt8]
  /// The states of streaming hashes behind the prefix, by kind: plain numbers, so that a draw copies no memory it must count.
  private(set) var fnv1aStart = FNV1a32()
  private(set) var murmur3Start = Murmur3()
  private var crc32Start = CRC32()
  let suffixUnits: [UInt32]

  package init(
    _ hash: Hash, units: Units = .utf8, prefix: String = "", suffix: String = "", _ reduction: Reduction = .none
  ) {
    self.hash = hash
    self.units = units
    self.reduction = reduction
    self.prefix = prefix
    self.suffix = suffix
    prefixBytes = Array(prefix.utf8)
    suffixBytes = Array(suffix.utf8)
    suffixUnits = TextUnits.units(of: suffix, units)
    switch hash {
    case .fnv1a, .fnv1aTwice: for unit in TextUnits.units(of: prefix, units) { fnv1aStart.update(unit: unit) }
    case .murmur3(let seed):
      murmur3Start = Murmur3(seed: seed)
      if units == .utf8 { prefixBytes.withUnsafeBytes { murmur3Start.update($0) } }
    case .crc32: prefixBytes.withUnsafeBytes { crc32Start.update($0) }
    case .javaHash, .md5Head, .md5Tail, .sha1, .sha256: break
    }
  }

  /// The number of a unit, in 0..<`limit`.
  @inline(__always)
  package func value(_ id: UnsafeRawBufferPointer) -> UInt64 { reduced(hashed(id)) }

  /// The hash before its reduction.
  package func hashed(_ id: UnsafeRawBufferPointer) -> UInt64 {
    switch hash {
    case .fnv1a: UInt64(fnv1a(id))
    case .fnv1aTwice: UInt64(FNV1a32.digest(ofDecimal: fnv1a(id)))
    case .murmur3: UInt64(murmur3(id))
    case .crc32: UInt64(crc32(id))
    case .javaHash(let seed): UInt64(UInt32(bitPattern: javaHash(id) ^ seed))
    case .md5Head: UInt64(MD5.state(prefixBytes, id, suffixBytes)[0].byteSwapped)
    case .md5Tail: UInt64(MD5.state(prefixBytes, id, suffixBytes)[3].byteSwapped ^ 0x8000_0000)
    case .sha1(let bits): Self.head(SHA1.state(prefixBytes, id, suffixBytes)) &>> UInt64(64 &- bits)
    case .sha256(let bits): SHA256.leadingWord(prefixBytes, id, suffixBytes) &>> UInt64(64 &- bits)
    }
  }

  @inline(__always)
  package func reduced(_ hash: UInt64) -> UInt64 {
    switch reduction {
    case .none: hash
    case .modulo(let n): hash % n
    case .multiplyShift(let buckets, let bits): (hash &* buckets) &>> bits
    case .magnitude: UInt64(Int32(truncatingIfNeeded: hash).magnitude)
    case .magnitudeModulo(let n): UInt64(Int32(truncatingIfNeeded: hash).magnitude) % n
    }
  }

  /// One more than the highest number that can be drawn.
  package var limit: UInt64 {
    switch reduction {
    case .modulo(let n), .magnitudeModulo(let n): return n
    case .multiplyShift(let buckets, _): return buckets
    case .magnitude: return (1 << 31) + 1
    case .none: break
    }
    switch hash {
    case .sha1(let bits), .sha256(let bits): return bits < 64 ? 1 << UInt64(bits) : .max
    default: return 1 << 32
    }
  }

  /// The bytes that are hashed; for `utf16` and `codePoints` those of the text in UTF-8.
  package func message(_ id: [UInt8]) -> [UInt8] {
    switch units {
    case .utf8, .utf16, .codePoints: prefixBytes + id + suffixBytes
    case .cborText: CBOR.textHeader(prefixBytes.count + id.count) + prefixBytes + id
    case .cborPair: CBOR.pairHeader + CBOR.textHeader(prefixBytes.count) + prefixBytes + CBOR.textHeader(id.count) + id
    }
  }

  // MARK: - Hashes that stream

  private static func head(_ state: SHA1.State) -> UInt64 { (UInt64(state.h0) &<< 32) | UInt64(state.h1) }

  @inline(__always)
  private func fnv1a(_ id: UnsafeRawBufferPointer) -> UInt32 {
    var state = fnv1aStart
    switch units {
    case .utf16: TextUnits.forEachUTF16(id) { state.update(unit: UInt32($0)) }
    case .codePoints: TextUnits.forEachCodePoint(id) { state.update(unit: $0) }
    case .utf8, .cborText, .cborPair: state.update(id)
    }
    for unit in suffixUnits { state.update(unit: unit) }
    return state.digest
  }

  @inline(__always)
  private func murmur3(_ id: UnsafeRawBufferPointer) -> UInt32 {
    var state = murmur3Start
    if units != .utf8 { framed(id).withUnsafeBytes { state.update($0) } }
    state.update(id)
    if !suffixBytes.isEmpty { suffixBytes.withUnsafeBytes { state.update($0) } }
    return state.digest
  }

  /// What stands before the id in a message whose head tells its length.
  private func framed(_ id: UnsafeRawBufferPointer) -> ArraySlice<UInt8> { message(Array(id)).dropLast(id.count) }

  private func crc32(_ id: UnsafeRawBufferPointer) -> UInt32 {
    var state = crc32Start
    state.update(id)
    return state.digest
  }

  private func javaHash(_ id: UnsafeRawBufferPointer) -> Int32 {
    var state = JavaHash()
    if units == .codePoints {
      TextUnits.forEachCodePoint(id) { state.update(codePoint: $0) }
    } else {
      TextUnits.forEachUTF16(id) { state.update(unit: $0) }
    }
    return state.digest
  }
}
