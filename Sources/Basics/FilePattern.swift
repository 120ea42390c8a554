import Foundation

/// File names written with `*`, `?` and `[...]`.
package enum FilePattern {
  /// The files that a pattern stands for, in the order of their names; nil if it is none, or itself the name of a file.
  package static func matches(_ path: String) -> [String]? {
    guard path.contains(where: { "*?[".contains($0) }), !FileManager.default.fileExists(atPath: path) else {
      return nil
    }
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(path, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
  }
}
