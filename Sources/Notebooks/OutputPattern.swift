/// Compares what a command printed with what a notebook says it prints.
///
/// Blanks at line ends do not count. `…` in a line stands for any text, a line of `…` alone for any number of lines.
package enum OutputPattern {
  package static func matches(_ output: String, pattern: String) -> Bool {
    matches(lines(output)[...], lines(pattern)[...])
  }

  private static func lines(_ text: String) -> [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(trimmedEnd)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func trimmedEnd(_ line: Substring) -> Substring {
    line[..<(line.lastIndex { !$0.isWhitespace }.map(line.index(after:)) ?? line.startIndex)]
  }

  /// Greedy with the last ellipsis as the point of return: linear for one ellipsis, quadratic at worst.
  private static func matches(_ output: ArraySlice<Substring>, _ pattern: ArraySlice<Substring>) -> Bool {
    matches(Array(output), Array(pattern), isEllipsis: { $0 == "…" }, equal: lineMatches)
  }

  private static func lineMatches(_ line: Substring, _ pattern: Substring) -> Bool {
    guard pattern.contains("…") else { return line == pattern }
    return matches(Array(line), Array(pattern), isEllipsis: { $0 == "…" }, equal: ==)
  }

  private static func matches<Element>(
    _ output: [Element], _ pattern: [Element], isEllipsis: (Element) -> Bool, equal: (Element, Element) -> Bool
  ) -> Bool {
    var (o, p) = (0, 0)
    var retry: (output: Int, pattern: Int)?
    while o < output.count {
      if p < pattern.count, isEllipsis(pattern[p]) {
        retry = (o, p)
        p += 1
      } else if p < pattern.count, equal(output[o], pattern[p]) {
        o += 1
        p += 1
      } else if let point = retry {
        retry = (point.output + 1, point.pattern)
        (o, p) = (point.output + 1, point.pattern + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy(isEllipsis)
  }
}
