import Tables

/// Words that stand for nothing in columns whose texts are compared by their bytes: ids, arms, clusters and segments. In the
/// first three such a cell is an empty one, in the last it is the empty segment.
struct NullWords: Sendable {
  let words: [[UInt8]]
  /// An interner that knows the empty text as 0 and the words as the numbers behind it; without words one that is new.
  let interner: Interner
  /// Whether one of the words, such as -99, may be read as a number.
  let haveNumber: Bool
  /// Whether one of the words, such as no, may be read as a truth value.
  let haveTruth: Bool

  init(_ words: [String]) {
    self.words = words.map { Array($0.utf8) }
    haveNumber = self.words.contains { word in
      word.withUnsafeBufferPointer { if case .notANumber = FieldParsing.number($0) { false } else { true } }
    }
    haveTruth = self.words.contains { word in word.withUnsafeBufferPointer { FieldParsing.boolean($0) != nil } }
    var interner = Interner()
    for word in words.isEmpty ? [] : [[]] + self.words {
      _ = word.withUnsafeBufferPointer { interner.code(of: $0) }
    }
    self.interner = interner
  }

  /// Whether a field is empty or one of the words.
  @inline(__always)
  func contains(_ field: Field) -> Bool {
    field.count == 0 || (!words.isEmpty && field.bytes.isMissing(words))
  }

  /// Whether one of the words stands in a column of a block.
  func stand(in block: FieldBlock, _ slots: [Int]) -> Bool {
    guard !words.isEmpty else { return false }
    return slots.contains { slot in
      (0..<block.rows).contains { row in
        let field = block.field(row, slot)
        return words.contains { $0.count == field.count && field.bytes.elementsEqual($0) }
      }
    }
  }

  /// The code of a segment: of the empty text if one of the words stands there.
  @inline(__always)
  func code(of field: Field, in segments: inout Interner) -> Int32 {
    let isNothing = !words.isEmpty && contains(field)
    let bytes = UnsafeBufferPointer(start: field.start, count: 0)
    return Int32(truncatingIfNeeded: isNothing ? segments.code(of: bytes) : segments.code(of: field))
  }

  /// The code of a segment, of an interner that began as `interner`.
  @inline(__always)
  func segment(_ code: Int32) -> Int32 { Int(code) < interner.count ? 0 : code }

  /// The same for all codes of a column.
  func settle(_ codes: UnsafeMutablePointer<Int32>, _ count: Int) {
    guard !words.isEmpty else { return }
    for index in 0..<count { codes[index] = segment(codes[index]) }
  }
}
