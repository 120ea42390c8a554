/// The known name that a misspelt one most likely meant.
///
/// - Parameters:
///   - name: what was found.
///   - candidates: what would have been right; earlier candidates win ties.
/// - Returns: the candidate of least Damerau-Levenshtein distance (optimal string alignment, ignoring case), or nil if
///   none is within a third of the longer name's length (but at least 1, at most 3 edits).
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  var best: (name: String, distance: Int)?
  let wanted = Array(name.lowercased().utf8)
  for candidate in candidates {
    let bytes = Array(candidate.lowercased().utf8)
    let limit = max(1, min(3, max(wanted.count, bytes.count) / 3))
    guard abs(bytes.count - wanted.count) <= limit else { continue }
    let distance = alignmentDistance(wanted, bytes)
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// Edits (insert, delete, replace, swap of neighbours) between two byte strings; O(count²) time, three rows of memory.
private func alignmentDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [Int](repeating: i, count: b.count + 1)
    for j in 1...b.count {
      let cost = a[i - 1] == b[j - 1] ? 0 : 1
      row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
