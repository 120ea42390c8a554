/// Ranks of values, equal ones sharing the mean of their ranks.
struct Midranks: Sendable, Hashable {
  /// Twice the rank of each value, from 2, so that midranks are integers.
  let doubled: [Int]
  /// How many values share each rank that more than one has.
  let ties: [Int]

  /// - Parameter values: none is NaN.
  init(_ values: [Double]) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var (ranks, ties) = ([Int](repeating: 0, count: values.count), [Int]())
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Ranks start+1 ... end; twice their mean is start + 1 + end.
      for place in start..<end { ranks[order[place]] = start + 1 + end }
      if end - start > 1 { ties.append(end - start) }
      start = end
    }
    doubled = ranks
    self.ties = ties
  }

  /// Σ (t³ - t) over the groups of equal values.
  var tieSum: Double { ties.reduce(0) { $0 + (Double($1) * Double($1) - 1) * Double($1) } }
}

func requireValues(_ values: [Double], atLeast minimum: Int, _ name: String) throws(DomainError) {
  guard values.count >= minimum else {
    throw DomainError("values of \(name)", Double(values.count), "must be at least \(minimum)")
  }
  guard values.allSatisfy({ !$0.isNaN }) else { throw DomainError("value of \(name)", .nan, "must be a number") }
}
