extension String {
  /// Each occurrence of a scalar replaced, also where a combining mark follows it.
  ///
  /// `replacing` compares whole characters: a quote before U+0301 is another character to it and would stay, so text must not be
  /// quoted or escaped with it.
  package func replacing(scalar: Unicode.Scalar, with replacement: String) -> String {
    guard unicodeScalars.contains(scalar) else { return self }
    var text = String.UnicodeScalarView()
    for one in unicodeScalars {
      if one == scalar { text.append(contentsOf: replacement.unicodeScalars) } else { text.append(one) }
    }
    return String(text)
  }
}
