/// Harrell's concordance of a Cox regression, in O(n log n) by a tree of counts over the ranks of the linear predictor.
///
/// A pair is usable if one unit had the event while the other was at risk and stayed free of it: later times, and censorings at the
/// same time.
struct Concordance {
  private(set) var concordant = 0.0
  private(set) var tied = 0.0
  private(set) var usable = 0.0

  var share: Double? { usable > 0 ? (concordant + tied / 2) / usable : nil }

  init(_ sample: CoxSample, _ beta: [Double]) {
    let p = sample.p
    for units in sample.strata {
      let score = units.map { unit in (0..<p).reduce(0) { $0 + beta[$1] * sample.rows[unit * p + $1] } }
      add(sample, units, Self.ranks(score))
    }
  }

  /// 1-based, equal scores share a rank.
  private static func ranks(_ score: [Double]) -> [Int] {
    var ranks = [Int](repeating: 0, count: score.count)
    var (rank, last) = (0, Double.nan)
    for unit in score.indices.sorted(by: { score[$0] < score[$1] }) {
      if score[unit] != last { rank += 1 }
      (ranks[unit], last) = (rank, score[unit])
    }
    return ranks
  }

  private mutating func add(_ sample: CoxSample, _ units: Range<Int>, _ ranks: [Int]) {
    var tree = CountTree(size: ranks.max() ?? 0)
    func rank(_ unit: Int) -> Int { ranks[unit - units.lowerBound] }
    var (next, nextEntry) = (units.lowerBound, units.lowerBound)
    while next < units.upperBound {
      let now = sample.time[next]
      let end = sample.time[next..<units.upperBound].firstIndex { $0 != now } ?? units.upperBound
      for unit in next..<end where !sample.event[unit] { tree.add(rank(unit), 1) }
      if let entry = sample.entry {
        while nextEntry < units.upperBound, entry[sample.byEntry[nextEntry]] >= now {
          tree.add(rank(sample.byEntry[nextEntry]), -1)
          nextEntry += 1
        }
      }
      for unit in next..<end where sample.event[unit] {
        let (below, upTo) = (tree.sum(upTo: rank(unit) - 1), tree.sum(upTo: rank(unit)))
        concordant += Double(below)
        tied += Double(upTo - below)
        usable += Double(tree.total)
      }
      for unit in next..<end where sample.event[unit] { tree.add(rank(unit), 1) }
      next = end
    }
  }
}

/// Counts by rank with prefix sums in O(log n). - Source: Fenwick, P. M. (1994), Software: Practice and Experience 24.
private struct CountTree {
  private var nodes: [Int]
  private(set) var total = 0

  init(size: Int) { nodes = [Int](repeating: 0, count: size + 1) }

  mutating func add(_ rank: Int, _ count: Int) {
    total += count
    var i = rank
    while i < nodes.count {
      nodes[i] += count
      i += i & -i
    }
  }

  func sum(upTo rank: Int) -> Int {
    var (i, sum) = (rank, 0)
    while i > 0 {
      sum += nodes[i]
      i -= i & -i
    }
    return sum
  }
}
