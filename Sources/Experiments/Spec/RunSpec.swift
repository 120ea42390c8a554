import Basics

/// What `verdict run` executes: one grammar with two kinds.
public enum RunSpec: Sendable, Hashable {
  case experiment(ExperimentSpec)
  case cohort(CohortSpec)

  /// Reads a spec by its `kind`; without one it is an experiment.
  ///
  /// - Throws: `InputFaults` of `SpecFault`s.
  public init(yaml: String, file: String = "-") throws(InputFaults) {
    let root = try SpecDocument.root(yaml, file: file)
    guard case .mapping(let members) = root.content,
      let node = members.first(where: { $0.key == "kind" })?.value, let kind = node.text
    else {
      self = .experiment(try ExperimentSpec(yaml: yaml, file: file))
      return
    }
    switch kind {
    case ExperimentSpec.kind: self = .experiment(try ExperimentSpec(yaml: yaml, file: file))
    case CohortSpec.kind: self = .cohort(try CohortSpec(yaml: yaml, file: file))
    default:
      let known = [ExperimentSpec.kind, CohortSpec.kind]
      throw InputFaults([
        SpecFault(
          kind: .unknownName("kind", found: kind, known: known, nearest: nearestName(to: kind, among: known)),
          position: node.position)
      ])
    }
  }

  /// Reads a spec file.
  public static func load(_ path: String) throws(InputFaults) -> RunSpec {
    try RunSpec(yaml: SpecDocument.text(path), file: path)
  }

  public var name: String {
    switch self {
    case .experiment(let spec): spec.name
    case .cohort(let spec): spec.name
    }
  }

  public var specHash: String {
    switch self {
    case .experiment(let spec): spec.specHash
    case .cohort(let spec): spec.specHash
    }
  }

  /// A workflow model of the user's own, as a path; nil: the built-in one.
  public var model: String? {
    switch self {
    case .experiment(let spec): spec.model.map(spec.resolved)
    case .cohort(let spec): spec.model.map(spec.resolved)
    }
  }
}
