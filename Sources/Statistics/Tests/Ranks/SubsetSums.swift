/// The exact law of a sum of integer scores when the labels are exchangeable.
///
/// Probabilities are built score by score, so that nothing overflows and every digit is kept: all terms are positive.
enum SubsetSums {
  /// P(sum = s) for a subset of a fixed size, all subsets being equally likely.
  ///
  /// - Source: the recurrence of Streitberg, B. and Röhmel, J. (1986), "Exact distributions for permutation and rank tests",
  ///   Statistical Software Newsletter 12, divided by the number of subsets.
  static func fixedSize(_ scores: [Int], size: Int) -> [Double] {
    let largest = scores.sorted(by: >).prefix(size).reduce(0, +)
    let width = largest + 1
    // Row j holds the law of the sum of j of the scores seen so far, times P(j of them are chosen).
    var rows = [Double](repeating: 0, count: (size + 1) * width)
    rows[0] = 1
    for (seen, score) in scores.enumerated() {
      let left = Double(scores.count - seen)
      for chosen in stride(from: min(seen, size), through: 0, by: -1) {
        let take = Double(size - chosen) / left
        let (from, to) = (chosen * width, (chosen + 1) * width)
        if chosen < size, score < width {
          for sum in 0..<(width - score) where rows[from + sum] > 0 {
            rows[to + sum + score] += rows[from + sum] * take
          }
        }
        let leave = max(0, 1 - take)
        for sum in 0..<width { rows[from + sum] *= leave }
      }
    }
    return Array(rows[(size * width)...])
  }

  /// P(sum = s) when each score is taken with probability 1/2.
  static func eachByHalf(_ scores: [Int]) -> [Double] {
    var law = [Double](repeating: 0, count: scores.reduce(0, +) + 1)
    law[0] = 1
    var reached = 0
    for score in scores {
      for sum in stride(from: reached, through: 0, by: -1) {
        law[sum] *= 0.5
        law[sum + score] += law[sum]
      }
      reached += score
    }
    return law
  }
}
