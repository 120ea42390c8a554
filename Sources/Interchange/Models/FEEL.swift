import Basics
import Workflow

/// Conditions in FEEL, the expression language of BPMN engines.
///
/// - Source: OMG, "Decision Model and Notation", version 1.3, chapter 10.
enum FEEL {
  static func text(_ condition: Condition) -> String { text(condition.term) }

  private static func text(_ term: Condition.Term) -> String {
    switch term {
    case .otherwise: "true"
    case .holds(let path): "\(name(path)) = true"
    case .compare(let path, let comparison, let value):
      "\(name(path)) \(comparison == .equal ? "=" : comparison.rawValue) \(literal(value))"
    case .not(let term): "not(\(text(term)))"
    case .and(let a, let b): "\(group(a)) and \(group(b))"
    case .or(let a, let b): "\(group(a)) or \(group(b))"
    }
  }

  private static func group(_ term: Condition.Term) -> String {
    switch term {
    case .and, .or: "(\(text(term)))"
    default: text(term)
    }
  }

  private static func name(_ path: [String]) -> String { path.joined(separator: ".") }

  private static func literal(_ value: JSONValue) -> String {
    if let text = value.string { return string(text) }
    return value.text()
  }

  static func string(_ text: String) -> String { JSONValue.string(text).text() }
}
