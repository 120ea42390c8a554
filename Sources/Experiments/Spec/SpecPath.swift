import Basics

/// Paths of a spec start in the spec's folder.
enum SpecPath {
  static func resolved(_ path: String, in directory: String) -> String {
    guard path != "-", !path.hasPrefix("/") else { return path }
    return prefix(directory) + path
  }

  /// The reverse of `resolved`.
  static func named(_ path: String, in directory: String) -> String {
    let prefix = prefix(directory)
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  /// The files that names and patterns such as `events-*.csv` stand for; a pattern that matches none stays as it is.
  static func files(_ written: [String], in directory: String) -> [String] {
    written.flatMap { name -> [String] in
      let path = resolved(name, in: directory)
      guard let matches = FilePattern.matches(path), !matches.isEmpty else { return [path] }
      return matches
    }
  }

  private static func prefix(_ directory: String) -> String {
    directory.isEmpty || directory.hasSuffix("/") ? directory : directory + "/"
  }
}
