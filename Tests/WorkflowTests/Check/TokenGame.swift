import Workflow

/// Soundness by its definition, tried out: a net with a place for each node and a transition for each edge, all its markings.
///
/// van der Aalst, "The application of Petri nets to workflow management", J. Circuits, Systems and Computers 8 (1998),
/// definition 7: (i) from every marking that can be reached the final one can be, (ii) then nothing is left elsewhere, (iii) no
/// transition is dead. Knows nothing of graphs, searches or of there being only one token.
struct TokenGame {
  private let sources: [Int]
  private let targets: [Int]
  private let initial: [Int]?
  private let finals: [Int]

  init(_ model: Model) {
    let names = model.nodes.map(\.id)
    sources = model.edges.map { names.firstIndex(of: $0.source.node) ?? 0 }
    targets = model.edges.map { names.firstIndex(of: $0.target.node) ?? 0 }
    let circles = names.indices.filter { model.nodes[$0].shape == .circle }
    let starts = circles.filter { [targets] in !targets.contains($0) }
    finals = circles.filter { [sources] in !sources.contains($0) }
    initial = starts.count == 1 ? names.indices.map { $0 == starts[0] ? 1 : 0 } : nil
  }

  var isSound: Bool {
    guard let initial, !finals.isEmpty else { return false }
    var markings: [[Int]] = [initial]
    var followers: [[Int]] = []
    var hasFired = [Bool](repeating: false, count: sources.count)
    var wasMarked = initial.map { $0 > 0 }
    var next = 0
    while next < markings.count {
      let marking = markings[next]
      next += 1
      var reached: [Int] = []
      for edge in sources.indices where marking[sources[edge]] > 0 {
        hasFired[edge] = true
        var after = marking
        after[sources[edge]] -= 1
        after[targets[edge]] += 1
        wasMarked[targets[edge]] = true
        if let known = markings.firstIndex(of: after) {
          reached.append(known)
        } else {
          reached.append(markings.count)
          markings.append(after)
        }
      }
      followers.append(reached)
    }
    guard hasFired.allSatisfy({ $0 }), wasMarked.allSatisfy({ $0 }) else { return false }
    // Final: an end holds a token. Proper: it is the only one.
    let isFinal = markings.map { marking in finals.contains { marking[$0] > 0 } }
    guard zip(markings, isFinal).allSatisfy({ !$1 || $0.reduce(0, +) == 1 }) else { return false }
    var canFinish = isFinal
    for _ in markings {
      for (marking, reached) in followers.enumerated() where reached.contains(where: { canFinish[$0] }) {
        canFinish[marking] = true
      }
    }
    return canFinish.allSatisfy { $0 }
  }
}
