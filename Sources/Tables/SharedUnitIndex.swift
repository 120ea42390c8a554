/// Gives ids numbers as `UnitIndex` does, on several threads: shares of them, by hash, are numbered each by one. A number depends on
/// no thread, and says nothing of an order.
package final class SharedUnitIndex: Sendable {
  private let shares = (0..<shareCount).map { _ in UnitIndex() }

  private static let shareCount = 8

  /// A word that is to be numbered.
  private struct Word {
    let bytes: UnsafeBufferPointer<UInt8>
    let hash: UInt64
    let code: Int32
  }

  package init() {}

  package var count: Int { shares.reduce(0) { $0 + $1.count } }

  /// Numbers the words of chunks that follow one another.
  ///
  /// - Parameters:
  ///   - numbers: has room for one a word of each chunk, by its code.
  ///   - parallel: does so many pieces of work on several threads, and returns when they are done.
  package func number(
    _ chunks: [Interner], into numbers: (Int) -> UnsafeMutablePointer<Int32>,
    _ parallel: (Int, @Sendable (Int) -> Void) -> Void
  ) {
    nonisolated(unsafe) let places = chunks.indices.map(numbers)
    parallel(Self.shareCount) { share in
      var ours: [Word] = []
      for (chunk, numbers) in zip(chunks, places) { self.number(chunk, share, &ours, into: numbers) }
    }
  }

  /// - Parameter ours: memory, used again.
  private func number(_ chunk: Interner, _ share: Int, _ ours: inout [Word], into numbers: UnsafeMutablePointer<Int32>)
  {
    let index = shares[share]
    ours.removeAll(keepingCapacity: true)
    chunk.withBytes { bytes, place in
      for code in 0..<chunk.count where Int(truncatingIfNeeded: chunk.hash(of: code)) & (Self.shareCount - 1) == share {
        let word = UnsafeBufferPointer(rebasing: bytes[place(code)])
        ours.append(Word(bytes: word, hash: UnitIndex.hash(of: word), code: Int32(truncatingIfNeeded: code)))
      }
      for (place, word) in ours.enumerated() {
        // Far enough ahead for the memory, near enough for the cache.
        if place &+ 16 < ours.count { index.prefetch(ours[place &+ 16].hash) }
        let number = index.insert(word.bytes, hash: word.hash) &* Self.shareCount &+ share
        numbers[Int(word.code)] = Int32(truncatingIfNeeded: number)
      }
    }
  }
}
