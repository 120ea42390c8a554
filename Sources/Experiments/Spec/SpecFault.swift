import Basics

/// What is wrong in the spec of an experiment or a cohort analysis.
public struct SpecFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unreadable(reason: String)
    case notUTF8
    case tooLarge(bytes: Int, limit: Int)
    case empty
    case notYAML(problem: String)
    case duplicateKey(String)
    case unknownKey(String, in: String, nearest: String?, known: [String])
    case missingKey(String, in: String, expected: String)
    case wrongType(String, expected: String, found: String)
    case badValue(String, expected: String, found: String)
    case unknownName(String, found: String, known: [String], nearest: String?)
    case nameTwice(String, found: String)
    case badMetric(sentence: String, column: Int?)
    case version(found: String)
    /// What the allocation's own fault says.
    case allocation(String, sentence: String)
  }
  public let kind: Kind
  public let position: SourcePosition?

  public var sentence: String {
    switch kind {
    case .unreadable(let reason): "cannot be read: \(reason)."
    case .notUTF8: "not valid UTF-8. Save the file as UTF-8."
    case .tooLarge(let bytes, let limit): "\(bytes) bytes; a spec has at most \(limit)."
    case .empty: "the spec is empty. It begins with 'version: 1'."
    case .notYAML(let problem): "not YAML: \(problem)."
    case .duplicateKey(let key): "the key '\(key)' is given twice."
    case .unknownKey(let key, let place, let nearest, let known):
      "no key '\(key)' in \(place)."
        + (nearest.map { " Did you mean '\($0)'?" } ?? " Known: \(known.joined(separator: ", ")).")
    case .missingKey(let key, let place, let expected): "\(place) needs the key '\(key)': \(expected)."
    case .wrongType(let path, let expected, let found), .badValue(let path, let expected, let found):
      "\(path): expected \(expected), found \(found)."
    case .unknownName(let path, let found, let known, let nearest):
      "\(path): '\(found)' is not one of \(known.joined(separator: ", "))."
        + (nearest.map { " Did you mean '\($0)'?" } ?? "")
    case .nameTwice(let path, let found): "\(path): '\(found)' is there twice."
    case .badMetric(let sentence, let column):
      "metric" + (column.map { ", character \($0)" } ?? "") + ": " + sentence
    case .allocation(let path, let sentence): "\(path): \(sentence)"
    case .version(let found): "version: this program reads version 1, found \(found)."
    }
  }
}
