import Allocation
import Basics
import Statistics
import Tables

extension ExperimentSpec {
  /// Reads a spec.
  ///
  /// - Parameter file: the name used in errors; its folder is where relative paths start.
  /// - Throws: `InputFaults` of `SpecFault`s, all of them, in the order of the text.
  public init(yaml: String, file: String = "-") throws(InputFaults) {
    let faults = SpecFaults()
    let root = try SpecDocument.root(yaml, file: file)
    guard let reader = SpecReader(root, path: "", faults: faults) else {
      try faults.throwIfAny()
      throw InputFaults([SpecFault(kind: .empty, position: root.position)])
    }
    SpecDocument.readHead(reader, kind: Self.kind)
    name = SpecDocument.readName(reader)
    owner = reader.text("owner")
    hypothesis = Self.readHypothesis(reader)
    variants = Self.readVariants(reader)
    control = Self.readControl(reader, variants)
    allocation = Self.readAllocation(reader, name: name, variants)
    data = Self.readData(reader)
    metrics = Self.readMetrics(reader, haveExposures: data.exposures != nil)
    method = Self.readMethod(reader)
    decision = Self.readDecision(reader)
    rollout = Self.readRollout(reader, name: name)
    model = reader.text("model")
    directory = SpecDocument.folder(of: file)
    reader.finish()
    try faults.throwIfAny()
  }

  /// Reads a spec file.
  ///
  /// - Throws: `InputFaults` also if the file cannot be read.
  public static func load(_ path: String) throws(InputFaults) -> ExperimentSpec {
    try ExperimentSpec(yaml: SpecDocument.text(path), file: path)
  }

  // MARK: - Parts

  private static func readHypothesis(_ root: SpecReader) -> Hypothesis? {
    guard let node = root.node("hypothesis") else { return nil }
    if case .scalar = node.content { return root.text("hypothesis").map { Hypothesis(statement: $0) } }
    guard let reader = root.mapping("hypothesis") else { return nil }
    let hypothesis = Hypothesis(
      because: reader.text("because"), change: reader.text("if"), expectation: reader.text("then"))
    reader.finish()
    return hypothesis
  }

  private static func readVariants(_ root: SpecReader) -> [Variant] {
    root.require("variants", "at least two, such as [control, treatment]")
    guard let node = root.node("variants") else { return [] }
    var variants: [Variant] = []
    switch node.content {
    case .sequence(let elements):
      for (index, element) in elements.enumerated() {
        guard let name = root.text(element, "variants[\(index)]") else { continue }
        if variants.contains(where: { $0.name == name }) {
          root.faults.add(.nameTwice("variants", found: name), element.position)
        }
        variants.append(Variant(name: name))
      }
    case .mapping(let members): variants = members.compactMap { readVariant($0, root) }
    case .scalar:
      root.faults.add(
        .wrongType("variants", expected: "a list of names, or a mapping from names to descriptions", found: node.found),
        node.position)
      return []
    }
    if variants.count < 2 {
      root.faults.add(.badValue("variants", expected: "at least two", found: "\(variants.count)"), node.position)
    }
    return variants
  }

  private static func readVariant(_ member: SpecNode.Member, _ root: SpecReader) -> Variant? {
    guard !member.key.isEmpty else {
      root.faults.add(.wrongType("variants", expected: "a name", found: "empty text"), member.position)
      return nil
    }
    var variant = Variant(name: member.key)
    guard case .mapping = member.value.content else {
      if !member.value.isNull { variant.description = root.text(member.value, "variants.\(member.key)") }
      return variant
    }
    guard let reader = SpecReader(member.value, path: "variants.\(member.key)", faults: root.faults) else { return nil }
    variant.description = reader.text("description")
    variant.value = reader.node("value")?.json
    reader.finish()
    return variant
  }

  private static func readControl(_ root: SpecReader, _ variants: [Variant]) -> String {
    let names = variants.map(\.name)
    let given = root.text("control")
    let control = given ?? "control"
    if given == nil, !names.contains(control), !names.isEmpty {
      root.require("control", "the variant that the others are compared with, one of \(names.joined(separator: ", "))")
    } else if !names.contains(control), !names.isEmpty {
      root.faults.add(
        .unknownName("control", found: control, known: names, nearest: nearestName(to: control, among: names)),
        root.node("control")?.position ?? root.position)
    }
    return control
  }

  private static func readAllocation(_ root: SpecReader, name: String, _ variants: [Variant]) -> Allocation {
    let equal = Dictionary(variants.map { ($0.name, 1.0) }) { first, _ in first }
    var allocation = Allocation(salt: name, weights: equal)
    guard let reader = root.mapping("allocation") else { return allocation }
    if let scheme = reader.text("scheme") {
      allocation.scheme = scheme
      let known = SchemeName.allCases.map(\.rawValue)
      if !known.contains(scheme) {
        reader.faults.add(
          .unknownName(
            "allocation.scheme", found: scheme, known: known, nearest: nearestName(to: scheme, among: known)),
          reader.node("scheme")?.position ?? reader.position)
      }
    }
    allocation.salt = reader.text("salt") ?? name
    allocation.coverage = reader.share("coverage", "a share above 0 and at most 1") { $0 > 0 && $0 <= 1 } ?? 1
    if let weights = reader.mapping("weights") { allocation.weights = readWeights(weights, variants) }
    allocation.layer = AllocationStructure.readLayer(reader)
    allocation.holdout = AllocationStructure.readHoldout(reader)
    allocation.overrides = AllocationStructure.readOverrides(reader, variants)
    reader.finish()
    return allocation
  }

  private static func readWeights(_ reader: SpecReader, _ variants: [Variant]) -> [String: Double] {
    var weights: [String: Double] = [:]
    for variant in variants {
      reader.require(variant.name, "a weight for each variant")
      weights[variant.name] = reader.number(variant.name, "a number, not negative") { $0 >= 0 }
    }
    reader.finish()
    if weights.count == variants.count, weights.values.count(where: { $0 > 0 }) < 2 {
      reader.faults.add(
        .badValue(reader.path, expected: "at least two weights above 0", found: "fewer"), reader.position)
    }
    return weights
  }

  private static func readData(_ root: SpecReader) -> DataSource {
    var data = DataSource(files: [])
    root.require("data", "where the measurements are, with 'files'")
    guard let reader = root.mapping("data") else { return data }
    data.files = readFiles(reader)
    data.variantColumn = reader.text("variant") ?? data.variantColumn
    data.unitColumn = reader.text("unit")
    data.clusterColumn = reader.text("cluster")
    data.segmentColumns = reader.texts("segments") ?? []
    data.exposures = reader.text("exposures")
    data.exposureUnitColumn = reader.text("exposure_unit")
    data.attributes = reader.texts("attributes") ?? []
    data.timeColumn = reader.text("time")
    data.exposureTimeColumn = reader.text("exposure_time")
    data.eventColumn = reader.text("event")
    data.timeZone = reader.text("time_zone") ?? data.timeZone
    data.includesImmature = reader.bool("include_immature") ?? false
    data.asOf = readTime("as_of", reader)
    data.nullWords = reader.words("null_words")
    data.allowedBadRows = reader.share("allowed_bad_rows", "a share from 0 to 1") { $0 >= 0 && $0 <= 1 } ?? 0
    data.isFinal = reader.bool("final") ?? false
    if data.exposures == nil { refuseEventKeys(reader) }
    reader.finish()
    return data
  }

  private static func readTime(_ key: String, _ reader: SpecReader) -> String? {
    guard let text = reader.text(key), let node = reader.node(key) else { return nil }
    if Array(text.utf8).withUnsafeBufferPointer({ FieldParsing.timestamp($0) }) == nil {
      reader.faults.add(
        .badValue(reader.full(key), expected: "a date or time such as 2026-11-23", found: node.found), node.position)
    }
    return text
  }

  /// What says how events are read means nothing without exposures.
  private static func refuseEventKeys(_ reader: SpecReader) {
    for key in ["event", "exposure_unit", "exposure_time", "attributes", "include_immature", "as_of"] {
      guard let node = reader.node(key), reader.node("events") == nil else { continue }
      reader.faults.add(.badValue(reader.full(key), expected: "'exposures' beside it", found: "none"), node.position)
    }
  }

  /// `files`, or `events` beside `exposures`.
  private static func readFiles(_ reader: SpecReader) -> [String] {
    guard let node = reader.node("events") else {
      reader.require("files", "a CSV file, or a list of them")
      return reader.texts("files") ?? []
    }
    reader.require("exposures", "a file of exposures, with which events are joined")
    if reader.node("files") != nil {
      reader.faults.add(
        .badValue("data.events", expected: "either 'files' or 'events'", found: "both"), node.position)
    }
    return reader.texts("events") ?? []
  }

  private static func readMethod(_ root: SpecReader) -> Method {
    var method = Method()
    guard let node = root.node("method") else { return method }
    if case .scalar = node.content {
      method.name = root.choice("method") ?? .fixed
      if method.name == .groupSequential {
        root.faults.add(
          .badValue(
            "method", expected: "a mapping with 'name' and 'planned_units'", found: "'group-sequential' alone"),
          node.position)
      }
      return method
    }
    guard let reader = root.mapping("method") else { return method }
    method.name = reader.choice("name") ?? method.name
    method.alpha = reader.number("alpha", "a number in (0, 1)") { $0 > 0 && $0 < 1 } ?? method.alpha
    method.correction = reader.choice("correction") ?? method.correction
    method.gatekeeping = reader.choice("gatekeeping")
    if method.gatekeeping != nil, method.correction != .holm, let node = reader.node("correction") {
      reader.faults.add(
        .badValue("method.correction", expected: "no other than holm beside 'gatekeeping'", found: node.found),
        node.position)
    }
    method.plannedUnits = reader.integer("planned_units", atLeast: 2)
    readBeliefs(reader, &method)
    if method.name == .groupSequential {
      reader.require("planned_units", "the units, all arms together, at which the last look is planned")
      method.groupSequential = GroupSequentialPlan(reading: reader)
    }
    reader.finish()
    return method
  }

  /// `prior: { mean: 0, sd: 10% }` of the lift, and `negligible: 1%`; only for the Bayesian method.
  private static func readBeliefs(_ reader: SpecReader, _ method: inout Method) {
    if let prior = reader.mapping("prior") {
      prior.require("sd", "the prior's standard deviation of the lift, such as 10%")
      let mean = prior.share("mean", "a lift such as 0 or 2%") { $0.isFinite }
      let deviation = prior.share("sd", "a lift above 0, such as 10%") { $0 > 0 && $0.isFinite }
      prior.finish()
      if let deviation { method.prior = GaussianEffect.Prior(mean: mean ?? 0, standardDeviation: deviation) }
    }
    method.negligibleLift = reader.share("negligible", "a lift above 0, such as 1%") { $0 > 0 && $0.isFinite }
    guard method.name != .bayesian else { return }
    for key in ["prior", "negligible"] {
      guard let node = reader.node(key) else { continue }
      reader.faults.add(
        .badValue("method.\(key)", expected: "'name: bayesian' beside it", found: "name: \(method.name.rawValue)"),
        node.position)
    }
  }

  private static func readDecision(_ root: SpecReader) -> DecisionRule {
    var rule = DecisionRule()
    guard let reader = root.mapping("decision") else { return rule }
    rule.minimumUnitsPerVariant =
      reader.integer("minimum_units_per_variant", atLeast: 2) ?? rule.minimumUnitsPerVariant
    rule.minimumRuntime = reader.duration("minimum_runtime")
    rule.requiresGuardrails = reader.bool("require_guardrails") ?? rule.requiresGuardrails
    reader.finish()
    return rule
  }

  private static func readRollout(_ root: SpecReader, name: String) -> Rollout? {
    guard let reader = root.mapping("rollout") else { return nil }
    var rollout = Rollout(flag: reader.text("flag") ?? name, stages: [Rollout.Stage(share: 1)])
    rollout.target = reader.choice("target") ?? rollout.target
    rollout.requiresApproval = reader.bool("requires_approval") ?? false
    if let stages = reader.elements("stages", "a list of stages such as { share: 10% }") {
      rollout.stages = readStages(stages, reader)
    }
    reader.finish()
    return rollout
  }

  private static func readStages(_ nodes: [SpecNode], _ rollout: SpecReader) -> [Rollout.Stage] {
    var stages: [Rollout.Stage] = []
    for (index, node) in nodes.enumerated() {
      let path = "rollout.stages[\(index)]"
      guard let reader = SpecReader(node, path: path, faults: rollout.faults) else { continue }
      reader.require("share", "the share of users, such as 10%")
      var stage = Rollout.Stage(
        share: reader.share("share", "a share above 0 and at most 1") { $0 > 0 && $0 <= 1 } ?? 0)
      stage.hold = reader.duration("hold") ?? 0
      stage.requiresApproval = reader.bool("approval") ?? false
      reader.finish()
      if let last = stages.last, stage.share > 0, last.share > 0, stage.share <= last.share {
        rollout.faults.add(
          .badValue("\(path).share", expected: "more than the stage before", found: "\(stage.share)"), node.position)
      }
      stages.append(stage)
    }
    if let last = stages.last, last.share > 0, last.share < 1, let node = nodes.last {
      rollout.faults.add(
        .badValue("rollout.stages", expected: "a last stage with all users (100%)", found: "\(last.share)"),
        node.position)
    }
    return stages
  }
}
