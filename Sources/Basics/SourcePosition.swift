/// A place in an input, as a person counts it: every number is 1-based, columns count bytes.
public struct SourcePosition: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The name of the input as the user gave it; `-` is standard input.
  public var file: String
  public var line: Int?
  public var column: Int?

  public init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file`, `file:line` or `file:line:column`.
  public var description: String {
    switch (line, column) {
    case (let line?, let column?): "\(file):\(line):\(column)"
    case (let line?, nil): "\(file):\(line)"
    default: file
    }
  }
}
