/// The order in which the pieces of edges lie beside each other in one channel, and the least number of tracks for it.
///
/// Of two pieces that run side by side, each order has its crossings; the order of all follows these pairs (a weighted vote, then
/// exchanges of neighbours), and keeps the rules of precedence. Then each piece takes the first track that the order leaves it.
struct TrackAssignment {
  /// A piece in the channel: how far it reaches, and which way its edge goes on at its ends.
  struct Piece {
    let wire: Int
    /// Where it may lie on another piece.
    let reach: ClosedRange<Double>
    /// Where it begins and ends for the eye.
    let span: ClosedRange<Double>
    /// At each end: where, and whether the edge comes from or goes to the side before (-1) or behind (1) the channel's pieces.
    let ends: [(place: Double, side: Int)]
  }

  /// The track of each piece, from 0.
  private(set) var tracks: [Int]
  var count: Int { (tracks.max() ?? -1) + 1 }

  private let pieces: [Piece]
  private let precedence: Precedence
  private var overlaps: [[Int]]

  init(_ pieces: [Piece], _ precedence: Precedence) {
    (self.pieces, self.precedence) = (pieces, precedence)
    tracks = [Int](repeating: 0, count: pieces.count)
    overlaps = [[Int]](repeating: [], count: pieces.count)
    guard pieces.count > 1 else { return }
    findOverlaps()
    let indices = Dictionary(uniqueKeysWithValues: pieces.enumerated().map { ($1.wire, $0) })
    let rules = pieces.map { (precedence.followers[$0.wire] ?? []).compactMap { indices[$0] } }
    let order = improved(ordered(rules), rules)
    var place = [Int](repeating: 0, count: pieces.count)
    for (index, piece) in order.enumerated() { place[piece] = index }
    for piece in order {
      for other in overlaps[piece] where place[other] > place[piece] {
        tracks[other] = max(tracks[other], tracks[piece] + 1)
      }
    }
  }

  private mutating func findOverlaps() {
    var active: [Int] = []
    for piece in pieces.indices.sorted(by: { (pieces[$0].reach.lowerBound, $0) < (pieces[$1].reach.lowerBound, $1) }) {
      active.removeAll { pieces[$0].reach.upperBound < pieces[piece].reach.lowerBound }
      for other in active {
        overlaps[piece].append(other)
        overlaps[other].append(piece)
      }
      active.append(piece)
    }
  }

  /// How many crossings it saves to have `a` before `b`.
  private func preference(_ a: Int, _ b: Int) -> Int { crossings(b, a) - crossings(a, b) }

  private func crossings(_ first: Int, _ second: Int) -> Int {
    pieces[second].ends.count { $0.side < 0 && isInside($0.place, pieces[first].span) }
      + pieces[first].ends.count { $0.side > 0 && isInside($0.place, pieces[second].span) }
  }

  private func isInside(_ place: Double, _ span: ClosedRange<Double>) -> Bool {
    place > span.lowerBound && place < span.upperBound
  }

  /// Topological order by the rules; among the free ones, by the vote of the pairs.
  private func ordered(_ rules: [[Int]]) -> [Int] {
    let votes = pieces.indices.map { piece in -overlaps[piece].reduce(0) { $0 + preference(piece, $1) } }
    var waits = [Int](repeating: 0, count: pieces.count)
    for followers in rules { for follower in followers { waits[follower] += 1 } }
    let ranked = pieces.indices.sorted { (votes[$0], $0) < (votes[$1], $1) }
    var order: [Int] = []
    var isDone = [Bool](repeating: false, count: pieces.count)
    for start in ranked { visit(start, ranked, rules, &waits, &isDone, &order) }
    while order.count < pieces.count {
      for piece in ranked where !isDone[piece] { visit(piece, ranked, rules, &waits, &isDone, &order) }
    }
    return order
  }

  private func visit(
    _ piece: Int, _ ranked: [Int], _ rules: [[Int]], _ waits: inout [Int], _ isDone: inout [Bool], _ order: inout [Int]
  ) {
    guard !isDone[piece], waits[piece] == 0 else { return }
    isDone[piece] = true
    order.append(piece)
    for follower in rules[piece] { waits[follower] -= 1 }
  }

  /// Exchanges neighbours while that saves crossings.
  private func improved(_ start: [Int], _ rules: [[Int]]) -> [Int] {
    var order = start
    for _ in 0..<8 {
      var isChanged = false
      for place in 0..<(order.count - 1) {
        let (a, b) = (order[place], order[place + 1])
        guard !rules[a].contains(b), preference(a, b) < 0 else { continue }
        order.swapAt(place, place + 1)
        isChanged = true
      }
      if !isChanged { break }
    }
    return order
  }
}
