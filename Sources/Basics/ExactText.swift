/// Text that is compared by its bytes, as ids are: "é" as one character and "é" as a letter and an accent are two values of
/// a file, though `String` takes them for one.
public struct ExactText: Sendable, Hashable, Comparable {
  public let text: String
  public init(_ text: String) { self.text = text }

  public static func == (a: ExactText, b: ExactText) -> Bool { a.text.isExactly(b.text) }
  public static func < (a: ExactText, b: ExactText) -> Bool { a.text.precedesExactly(b.text) }
  public func hash(into hasher: inout Hasher) {
    var copy = text
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(UInt8(0xFF))
  }
}

extension String {
  /// Whether both are the same bytes.
  public func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// In the order of bytes.
  public func precedesExactly(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
