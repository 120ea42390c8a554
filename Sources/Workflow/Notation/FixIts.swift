extension Notation {
  /// A text with all fix-its of its diagnostics applied, and how many there were.
  ///
  /// Of fix-its for the same bytes the first counts; what has none stays as it is.
  ///
  /// - Parameter isModel: a model file, in which prose is warned of; else a text that may hold models.
  public static func fixed(_ bytes: [UInt8], isModel: Bool) -> (bytes: [UInt8], fixes: Int) {
    let diagnostics = isModel ? parse(bytes).diagnostics : extract(bytes).diagnostics
    let fixIts = diagnostics.compactMap(\.fixIt).enumerated().sorted { a, b in
      (a.element.range.lowerBound, a.offset) < (b.element.range.lowerBound, b.offset)
    }
    var (out, next, fixes): ([UInt8], Int, Int) = ([], 0, 0)
    for (_, fixIt) in fixIts where fixIt.range.lowerBound >= next {
      out += bytes[next..<fixIt.range.lowerBound]
      out += fixIt.replacement.utf8
      next = fixIt.range.upperBound
      fixes += 1
    }
    return (out + bytes[next...], fixes)
  }
}
