/// The rules about the values of attributes.
struct AttributeRules {
  let graph: ModelGraph

  func findings() -> [Finding] { values() + probabilities() }

  private func values() -> [Finding] {
    var findings: [Finding] = []
    for node in graph.nodes {
      if let text = node.attributes["wait"], Duration(parsing: text) == nil {
        findings.append(
          bad(node.id, "\(node.id): wait= expects a duration such as 30s, 15m, 2h or 14d, found '\(text)'."))
      }
      for (name, read) in Self.readers {
        guard let text = node.attributes[name], let fault = read(text) else { continue }
        findings.append(bad(node.id, "\(node.id): \(name)= \(fault.sentence)"))
      }
      for name in ["step", "human", "undo", "split"] where node.attributes[name]?.isEmpty == true {
        findings.append(bad(node.id, "\(node.id): \(name)= expects a name, found an empty one."))
      }
    }
    for edge in graph.edges {
      guard let text = edge.attributes["when"] else { continue }
      do throws(ConditionFault) {
        _ = try Condition(parsing: text)
      } catch {
        findings.append(bad(edge.source.node, "\(edge.source.node) -> \(edge.target.node): when= \(error.sentence)"))
      }
    }
    return findings
  }

  /// Attributes with a notation of their own, and what is wrong with a value of theirs.
  private static let readers: [(name: String, read: @Sendable (String) -> AttributeFault?)] = [
    ("timeout", { text in fault { () throws(AttributeFault) in _ = try Deadline(parsing: text) } }),
    ("retry", { text in fault { () throws(AttributeFault) in _ = try RetryPolicy(parsing: text) } }),
    ("duration", { text in fault { () throws(AttributeFault) in _ = try DurationLaw(parsing: text) } }),
    ("resources", { text in fault { () throws(AttributeFault) in _ = try ServerPool(parsing: text) } }),
  ]

  private static func fault(_ read: () throws(AttributeFault) -> Void) -> AttributeFault? {
    do throws(AttributeFault) {
      try read()
      return nil
    } catch { return error }
  }

  /// The branches of a diamond share a probability of one; a single one without `p=` takes the rest.
  private func probabilities() -> [Finding] {
    graph.nodes.indices.compactMap { index in
      let texts = graph.outgoing(index).map { graph.edges[$0].attributes["p"] }
      let written = texts.compactMap { $0 }
      guard !written.isEmpty else { return nil }
      let id = graph.nodes[index].id
      let numbers = written.compactMap(Double.init)
      guard numbers.count == written.count, numbers.allSatisfy({ (0...1).contains($0) }) else {
        return probability(id, "\(id): p= expects a probability in [0, 1] on each branch.")
      }
      let sum = numbers.reduce(0, +)
      switch texts.count - written.count {
      case 0: return abs(sum - 1) > 1e-9 ? probability(id, "\(id): the branches' p= sum to \(sum), must be 1.") : nil
      case 1: return sum > 1 + 1e-9 ? probability(id, "\(id): the branches' p= sum to \(sum), more than 1.") : nil
      default: return probability(id, "\(id): p= may be left out on one branch only.")
      }
    }
  }

  private func bad(_ id: String, _ sentence: String) -> Finding {
    Finding(code: .badAttribute, nodes: [id], witness: [], sentence: sentence)
  }
  private func probability(_ id: String, _ sentence: String) -> Finding {
    Finding(code: .badProbability, nodes: [id], witness: [], sentence: sentence)
  }
}

extension Duration {
  /// `90s`, `15m`, `2h`, `14d` or `2w`: a whole number and its unit, up to about 300 years.
  init?(parsing text: String) {
    guard let unit = text.last, let count = Int64(text.dropLast()), count >= 0 else { return nil }
    let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let length = seconds[unit] else { return nil }
    let (total, overflow) = count.multipliedReportingOverflow(by: length)
    guard !overflow, total <= 10_000_000_000 else { return nil }
    self = .seconds(total)
  }
}
