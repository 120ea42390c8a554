/// Looks for the first record that begins at a cut or behind it, in stretches of text that follow one another. The first byte that
/// it is given is the one in front of the cut.
///
/// A record begins behind a line feed, and behind a carriage return that no line feed follows, outside quotes.
package struct RecordStart {
  /// Whether a quote is open at the cut, and then at the next byte.
  private var isQuoted: Bool
  /// Nil: a line break ends a record wherever it stands.
  private let quote: UInt8?
  private var before: UInt8?

  package init(isQuoted: Bool, quote: UInt8?) { (self.isQuoted, self.quote) = (isQuoted, quote) }

  /// The place in the next stretch; nil if no record begins there.
  package mutating func place(in bytes: UnsafeRawBufferPointer) -> Int? {
    for (place, byte) in bytes.enumerated() {
      if let before {
        if !isQuoted, before == 0x0A || (before == 0x0D && byte != 0x0A) { return place }
        if byte == quote { isQuoted.toggle() }
      }
      before = byte
    }
    return nil
  }
}
