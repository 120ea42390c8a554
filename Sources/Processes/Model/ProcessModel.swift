import Basics
import Workflow

/// A branch whose probability is set from outside the model: what a variant changes, or a question of "what if".
public struct BranchOverride: Sendable, Hashable {
  public var node: String
  /// The label of the branch.
  public var label: String
  /// Its new probability; the other branches share the rest in their old proportions.
  public var probability: Double

  public init(node: String, label: String, probability: Double) {
    (self.node, self.label, self.probability) = (node, label, probability)
  }

  /// `n4:Yes=0.85`.
  public init(parsing text: String) throws(ProcessFault) {
    let fault = ProcessFault.badSetting(
      name: "branch", expected: "NODE:LABEL=PROBABILITY such as n4:Yes=0.85", found: "'\(text)'")
    guard let colon = text.firstIndex(of: ":"), let equals = text.lastIndex(of: "="), colon < equals,
      let value = Double(text[text.index(after: equals)...]), (0...1).contains(value)
    else { throw fault }
    self.init(
      node: String(text[..<colon]), label: String(text[text.index(after: colon)..<equals]), probability: value)
  }
}

/// A model with the numbers that make it a chain: probabilities, durations, servers, costs.
package struct ProcessModel: Sendable {
  package let net: ProcessNet
  /// By arc; the arcs of a station sum to 1.
  package let probabilities: [Double]
  /// By station.
  package let times: [StationTime]
  /// By station: the index of its pool.
  package let pool: [Int?]
  package let pools: [Pool]
  package let costs: [Double]
  /// Stations with `split=`, by the experiment's id.
  package let splits: [Int: String]

  package struct Pool: Sendable, Hashable {
    package let name: String
    package let servers: Int
    package let hours: WorkingHours?
  }

  /// - Parameters:
  ///   - overrides: applied in their order.
  ///   - folder: where files of `empirical(…)` are looked for.
  /// - Throws: `ProcessFault` if the model is not sound, a diamond has no probabilities, or an attribute cannot be read.
  package init(_ model: Model, overrides: [BranchOverride] = [], folder: String = ".") throws(ProcessFault) {
    let net = try ProcessNet(model)
    var probabilities = try Self.probabilities(net)
    for override in overrides { try Self.apply(override, net, &probabilities) }
    try Self.requireWayOut(net, probabilities)
    self.net = net
    self.probabilities = probabilities
    var times: [StationTime] = []
    var costs: [Double] = []
    var splits: [Int: String] = [:]
    for (station, place) in net.places.enumerated() {
      guard case .node(let index) = place else {
        times.append(.none)
        costs.append(0)
        continue
      }
      let node = net.graph.nodes[index]
      times.append(try StationTime(node, folder: folder))
      costs.append(try Self.cost(node))
      splits[station] = node.attributes["split"]
    }
    (self.times, self.costs, self.splits) = (times, costs, splits)
    (pools, pool) = try Self.pools(net)
  }

  // MARK: - Probabilities

  /// - Throws: if a diamond has no `p=`, or its `p=` are not probabilities that sum to 1.
  private static func probabilities(_ net: ProcessNet) throws(ProcessFault) -> [Double] {
    var result = [Double](repeating: 1, count: net.arcs.count)
    var missing: [String] = []
    for station in net.places.indices where net.outgoing[station].count > 1 {
      let arcs = net.outgoing[station]
      let texts = arcs.map { net.arcs[$0].edge.flatMap { net.graph.edges[$0].attributes["p"] } }
      guard texts.contains(where: { $0 != nil }) else {
        missing.append(net.name(of: station))
        continue
      }
      let values = try values(texts, node: net.name(of: station))
      for (arc, value) in zip(arcs, values) { result[arc] = value }
    }
    guard missing.isEmpty else { throw .noProbabilities(nodes: missing) }
    return result
  }

  private static func values(_ texts: [String?], node: String) throws(ProcessFault) -> [Double] {
    var values: [Double?] = []
    for text in texts {
      guard let text else {
        values.append(nil)
        continue
      }
      guard let value = Double(text), (0...1).contains(value) else {
        throw .badProbability(node: node, reason: "p= expects a probability in [0, 1], found '\(text)'.")
      }
      values.append(value)
    }
    let sum = values.reduce(0) { $0 + ($1 ?? 0) }
    switch values.count(where: { $0 == nil }) {
    case 0:
      guard abs(sum - 1) <= 1e-9 else {
        throw .badProbability(node: node, reason: "the branches' p= sum to \(sum), must be 1.")
      }
      return values.map { ($0 ?? 0) / sum }
    case 1:
      guard sum <= 1 + 1e-9 else {
        throw .badProbability(node: node, reason: "the branches' p= sum to \(sum), more than 1.")
      }
      return values.map { $0 ?? max(0, 1 - sum) }
    default: throw .badProbability(node: node, reason: "p= may be left out on one branch only.")
    }
  }

  private static func apply(
    _ override: BranchOverride, _ net: ProcessNet, _ probabilities: inout [Double]
  ) throws(ProcessFault) {
    let arcs = net.outgoing[try net.node(override.node)]
    let labels = arcs.map { net.arcs[$0].edge.map(net.label(ofEdge:)) ?? "" }
    guard let chosen = labels.firstIndex(of: override.label) else {
      throw .unknownBranch(node: override.node, label: override.label, labels: labels)
    }
    let rest = arcs.indices.reduce(0) { $0 + ($1 == chosen ? 0 : probabilities[arcs[$1]]) }
    let left = 1 - override.probability
    guard rest > 0 || left == 0 else {
      throw .badProbability(
        node: override.node, reason: "the other branches have p=0 and cannot share the rest of \(left).")
    }
    for (index, arc) in arcs.enumerated() {
      probabilities[arc] = index == chosen ? override.probability : rest > 0 ? probabilities[arc] * left / rest : 0
    }
  }

  /// Every station that a case can come to must lead to an end by arcs that are taken at all.
  private static func requireWayOut(_ net: ProcessNet, _ probabilities: [Double]) throws(ProcessFault) {
    var (reached, leaves) = (Set([net.start]), Set(net.ends))
    func grow(_ set: inout Set<Int>, _ from: (ProcessNet.Arc) -> Int, _ to: (ProcessNet.Arc) -> Int) {
      var neighbours: [Int: [Int]] = [:]
      for (index, arc) in net.arcs.enumerated() where probabilities[index] > 0 {
        neighbours[from(arc), default: []].append(to(arc))
      }
      var queue = Array(set)
      while let station = queue.popLast() {
        for next in neighbours[station] ?? [] where set.insert(next).inserted { queue.append(next) }
      }
    }
    grow(&reached, { $0.source }, { $0.target })
    grow(&leaves, { $0.target }, { $0.source })
    let trapped = reached.subtracting(leaves).sorted().map(net.name(of:))
    guard trapped.isEmpty else { throw .trap(nodes: Array(trapped.prefix(8))) }
  }

  // MARK: - Attributes

  private static func cost(_ node: Node) throws(ProcessFault) -> Double {
    guard let text = node.attributes["cost"] else { return 0 }
    guard let cost = Double(text), cost.isFinite else {
      throw .badAttribute(node: node.id, name: "cost", reason: "expects a number, found '\(text)'.")
    }
    return cost
  }

  private static func pools(_ net: ProcessNet) throws(ProcessFault) -> ([Pool], [Int?]) {
    var written: [(name: String, pool: ServerPool)] = []
    var pool = [Int?](repeating: nil, count: net.places.count)
    var names: [String: Int] = [:]
    for (station, place) in net.places.enumerated() {
      guard case .node(let index) = place, let text = net.graph.nodes[index].attributes["resources"] else { continue }
      let node = net.graph.nodes[index]
      let value: ServerPool
      do throws(AttributeFault) { value = try ServerPool(parsing: text) } catch {
        throw .badAttribute(node: node.id, name: "resources", reason: error.sentence)
      }
      let name = value.name ?? node.id
      if let known = names[name] {
        let old = written[known].pool
        if let servers = value.servers {
          guard old.servers == nil || (old.servers == servers && old.hours == value.hours) else {
            throw .poolSizes(pool: name)
          }
          written[known].pool = value
        }
        pool[station] = known
      } else {
        names[name] = written.count
        pool[station] = written.count
        written.append((name, value))
      }
    }
    var pools: [Pool] = []
    for (name, value) in written {
      guard let servers = value.servers else { throw .poolSizes(pool: name) }
      pools.append(Pool(name: name, servers: servers, hours: value.hours))
    }
    return (pools, pool)
  }
}
