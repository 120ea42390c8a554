import Basics

/// A spec's YAML as JSON (YAML 1.2 core schema), for programs that check it against the JSON Schema.
package enum SpecTree {
  /// - Throws: `SpecFault` if it is not YAML.
  package static func json(yaml: String, file: String = "-") throws(SpecFault) -> JSONValue {
    try SpecNode(yaml: yaml, file: file).json
  }
}
