import Allocation
import Basics

/// The allocations of a programme of experiments, as `verdict audit` takes them.
///
/// ```yaml
/// experiments:
///   - { name: checkout, scheme: growthbook/1, salt: checkout, weights: { control: 50, treatment: 50 } }
///   - { name: pricing, salt: pricing-2026, weights: "control=1,treatment=1", coverage: 0.2 }
///   - { name: ranking, layer: { name: search, from: 0, to: 50% }, holdout: { salt: "2026", share: 5% } }
/// transitions:
///   - { from: checkout, to: pricing }
/// ```
/// A list alone is read as the experiments. Without `salt` the name is the salt; without `weights` there are two equal arms.
/// Ranges of one layer must not overlap.
public struct AllocationProgramme: Sendable {
  public var experiments: [AuditedExperiment]
  public var transitions: [(from: AuditedExperiment, to: AuditedExperiment)]

  /// Reads a programme.
  ///
  /// - Throws: `InputFaults` of all that is wrong, in the order of the text.
  public init(yaml: String, file: String = "-") throws(InputFaults) {
    let faults = SpecFaults()
    let root = try SpecDocument.root(yaml, file: file)
    if case .sequence(let elements) = root.content {
      experiments = Self.readExperiments(elements, faults)
      transitions = []
      try faults.throwIfAny()
      return
    }
    guard let reader = SpecReader(root, path: "", faults: faults) else {
      try faults.throwIfAny()
      throw InputFaults([SpecFault(kind: .empty, position: root.position)])
    }
    if let node = reader.node("version"), node.integer != 1 { faults.add(.version(found: node.found), node.position) }
    reader.require("experiments", "a list of allocations, each with a name")
    experiments = Self.readExperiments(reader.elements("experiments", "a list of experiments") ?? [], faults)
    transitions = Self.readTransitions(reader, experiments)
    reader.finish()
    try faults.throwIfAny()
  }

  /// - Throws: `InputFaults` also if the file cannot be read.
  public static func load(_ path: String) throws(InputFaults) -> AllocationProgramme {
    try AllocationProgramme(yaml: SpecDocument.text(path), file: path)
  }

  // MARK: - Parts

  private static func readExperiments(_ elements: [SpecNode], _ faults: SpecFaults) -> [AuditedExperiment] {
    var experiments: [AuditedExperiment] = []
    var layers: [String: Layer] = [:]
    for (index, node) in elements.enumerated() {
      guard let reader = SpecReader(node, path: "experiments[\(index)]", faults: faults),
        let experiment = readExperiment(reader, &layers)
      else { continue }
      if experiments.contains(where: { $0.name == experiment.name }) {
        faults.add(.nameTwice("experiments", found: experiment.name), reader.position)
      }
      experiments.append(experiment)
    }
    return experiments
  }

  private static func readExperiment(_ reader: SpecReader, _ layers: inout [String: Layer]) -> AuditedExperiment? {
    reader.require("name", "a name")
    let name = reader.text("name")
    let scheme = reader.text("scheme")
    let salt = reader.text("salt")
    let coverage = reader.node("coverage")
    let weights = reader.node("weights")
    let range = AllocationStructure.readLayer(reader)
    let holdout = AllocationStructure.readHoldout(reader)
    reader.finish()
    guard let name else { return nil }
    var place = reader.position
    do throws(AllocationFault) {
      if let node = reader.node("scheme") { place = node.position }
      let scheme = try scheme.map { text throws(AllocationFault) in try SchemeName(parsing: text) } ?? .verdict1
      if let weights { place = weights.position }
      let arms = try readArms(weights)
      place = coverage?.position ?? reader.position
      let plan = try AllocationPlan(
        scheme: scheme, salt: salt ?? name, arms: arms, coverage: coverage.map { $0.text ?? $0.found } ?? "1")
      place = reader.node("layer")?.position ?? reader.position
      var policy = AllocationPolicy(plan)
      try AllocationStructure.surround(&policy, experiment: name, layer: nil, holdout: holdout)
      if let range {
        var layer = if let known = layers[range.name] { known } else { try Layer(range.name) }
        try layer.add(
          name, from: AllocationStructure.decimal(range.from), to: AllocationStructure.decimal(range.to))
        policy.layer = layer.slice(of: name)
        layers[range.name] = layer
      }
      return AuditedExperiment(name: name, policy: policy)
    } catch {
      reader.faults.add(.allocation(reader.path, sentence: error.sentence), place)
      return nil
    }
  }

  private static func readArms(_ node: SpecNode?) throws(AllocationFault) -> [Arm] {
    guard let node else { return try Arm.list("control=1,treatment=1") }
    guard case .mapping(let members) = node.content else { return try Arm.list(node.text ?? node.found) }
    var arms: [Arm] = []
    for member in members { arms.append(try Arm(member.key, weight: member.value.text ?? member.value.found)) }
    return arms
  }

  private static func readTransitions(
    _ root: SpecReader, _ experiments: [AuditedExperiment]
  ) -> [(from: AuditedExperiment, to: AuditedExperiment)] {
    guard root.node("transitions") != nil else { return [] }
    let elements = root.elements("transitions", "a list of 'from' and 'to'") ?? []
    return elements.enumerated().compactMap { index, node in
      guard let reader = SpecReader(node, path: "transitions[\(index)]", faults: root.faults) else { return nil }
      let from = readEnd(reader, "from", experiments)
      let to = readEnd(reader, "to", experiments)
      reader.finish()
      guard let from, let to else { return nil }
      return (from, to)
    }
  }

  private static func readEnd(
    _ reader: SpecReader, _ key: String, _ experiments: [AuditedExperiment]
  ) -> AuditedExperiment? {
    reader.require(key, "the name of one of the experiments")
    guard let name = reader.text(key), let node = reader.node(key) else { return nil }
    if let found = experiments.first(where: { $0.name == name }) { return found }
    let known = experiments.map(\.name)
    reader.faults.add(
      .unknownName(reader.full(key), found: name, known: known, nearest: nearestName(to: name, among: known)),
      node.position)
    return nil
  }
}
