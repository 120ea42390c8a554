import Hashing

/// GrowthBook's bucketing, `hashVersion` 1 and 2.
///
/// - Source: growthbook/growthbook, docs/lib/build-your-own.mdx ("Hashing"); version 1: fnv1a(id ‖ seed) mod 1000 / 1000;
///   version 2: fnv1a(decimal(fnv1a(seed ‖ id))) mod 10000 / 10000.
/// - Checked against: GrowthBook's own SDKs, Datasets/References/allocation.csv.
package struct GrowthBookHash: Sendable {
  package let version: Int
  package let isUTF16: Bool
  private let seed: [UInt32]

  package init(seed: String, version: Int, isUTF16: Bool = false) {
    self.version = version
    self.isUTF16 = isUTF16
    self.seed = isUTF16 ? seed.utf16.map(UInt32.init) : seed.utf8.map(UInt32.init)
  }

  package var buckets: Int { version == 1 ? 1000 : 10_000 }

  package func bucket(_ id: UnsafeRawBufferPointer) -> Int {
    if version == 1 {
      var hash = FNV1a32()
      update(&hash, id)
      for unit in seed { hash.update(unit: unit) }
      return Int(hash.digest % 1000)
    }
    var inner = FNV1a32()
    for unit in seed { inner.update(unit: unit) }
    update(&inner, id)
    var outer = FNV1a32()
    outer.update(String(inner.digest).utf8)
    return Int(outer.digest % 10_000)
  }

  private func update(_ hash: inout FNV1a32, _ id: UnsafeRawBufferPointer) {
    if isUTF16 {
      for unit in String(decoding: id, as: UTF8.self).utf16 { hash.update(unit: UInt32(unit)) }
    } else {
      hash.update(id)
    }
  }
}
