/// What a table holds, column by column, read once in bounded memory.
public struct TableProfile: Sendable {
  public let files: [String]
  public let delimiter: Character
  public let rows: Int
  public let unreadableRows: Int
  public let columns: [ColumnProfile]

  /// - Throws: `TableFault`.
  public init(_ source: TableSource, allowedBadRows: Double = 0) throws(TableFault) {
    let width = source.columns.count
    var tallies = [ColumnTally](repeating: ColumnTally(), count: width)
    let count = try source.scan(source.columns, allowedBadRows: allowedBadRows) { _ in
      ProfileConsumer(tallies: [ColumnTally](repeating: ColumnTally(), count: width))
    } deliver: { batch in
      for chunk in batch.consumers { for column in 0..<width { tallies[column].merge(chunk.tallies[column]) } }
    }
    files = source.files.map(\.name)
    delimiter = Character(Unicode.Scalar(source.parts[0].delimiter))
    rows = count.rows
    unreadableRows = count.badRows
    columns = zip(source.columns, tallies).map { $1.profile($0) }
  }

  /// A command line to start with, and why it is that one.
  public var suggestion: String {
    func first(_ role: ColumnProfile.Role) -> ColumnProfile? { columns.first { $0.role == role } }
    let words = files.map(Self.shell).joined(separator: " ")
    guard let variant = first(.variant) else {
      // Of several ids the one that repeats is the user's, the others are the events' own.
      let repeated = columns.first { $0.role == .unit && $0.distinct < $0.rows - $0.missing }
      guard let unit = repeated ?? first(.unit), let time = first(.time) else {
        return "no column looks like a variant: name it with --variant, or pass the exposures with --exposures."
      }
      return "verdict cohort \(words) --unit \(Self.shell(unit.name)) --time \(Self.shell(time.name))"
    }
    let metrics = columns.filter { $0.role == .metric }.prefix(5)
    let time = first(.time)
    let isExposures = metrics.isEmpty && time != nil
    var line = "verdict analyze \(isExposures ? "EVENTS.csv --exposures \(words)" : words)"
    if variant.name != "variant" { line += " --variant \(Self.shell(variant.name))" }
    if let other = variant.words.min(), !variant.words.contains("control") { line += " --control \(Self.shell(other))" }
    if let unit = first(.unit), unit.name != "user_id" { line += " --unit \(Self.shell(unit.name))" }
    for word in Set(columns.flatMap(\.nullWords)).sorted() { line += " --null \(Self.shell(word))" }
    if isExposures, let time {
      line += " --exposure-time \(Self.shell(time.name)) --metric 'buyers=proportion(*) | event: purchase | window: 7d'"
    }
    for metric in metrics {
      let kind = metric.kind == .boolean ? "proportion" : "mean"
      line += " --metric " + Self.shell("\(Self.column(metric.name))=\(kind)(\(Self.column(metric.name)))")
    }
    return line
  }

  /// A column's name as metrics are written.
  private static func column(_ name: String) -> String {
    name.contains { "=()|:,+\" \t".contains($0) } ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
  }

  /// A word as a shell reads it.
  private static func shell(_ word: String) -> String {
    let plain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-./".unicodeScalars.contains(scalar)
      }
    return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

private struct ProfileConsumer: RowConsumer, Sendable {
  var tallies: [ColumnTally]

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    for column in tallies.indices { tallies[column].insert(fields[column]) }
  }
}
