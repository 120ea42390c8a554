/// Who moves when one allocation takes the place of another.
public struct TransitionMatrix: Sendable, Encodable {
  public let from: String
  public let to: String
  /// Names of the rows and columns; the last of each, empty, is for units that are not enrolled.
  public let rows: [String]
  public let columns: [String]
  /// Units by old arm (row) and new arm (column).
  public let counts: [[Int]]

  /// - Parameter ids: distinct.
  public init(from old: AuditedExperiment, to new: AuditedExperiment, ids: UnitIDs) {
    self.init(from: old, old.places(ids).arms, to: new, new.places(ids).arms)
  }

  init(from old: AuditedExperiment, _ oldPlaces: [UInt16], to new: AuditedExperiment, _ newPlaces: [UInt16]) {
    from = old.name
    to = new.name
    rows = old.plan.arms.map(\.name) + [""]
    columns = new.plan.arms.map(\.name) + [""]
    var counts = [[Int]](repeating: [Int](repeating: 0, count: columns.count), count: rows.count)
    for (row, column) in zip(oldPlaces, newPlaces) { counts[Int(row)][Int(column)] += 1 }
    self.counts = counts
  }

  /// Units that had an arm before.
  public var exposed: Int { counts.dropLast().reduce(0) { $0 + $1.reduce(0, +) } }

  /// Exposed units whose arm changes, by name; leaving the experiment counts.
  public var moved: Int {
    rows.indices.dropLast().reduce(0) { sum, row in
      sum + columns.indices.reduce(0) { $0 + (columns[$1] == rows[row] ? 0 : counts[row][$1]) }
    }
  }

  /// Units that had none and get one.
  public var added: Int { counts.last?.dropLast().reduce(0, +) ?? 0 }

  private enum CodingKeys: String, CodingKey { case from, to, rows, columns, counts, exposed, moved, added }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(from, forKey: .from)
    try container.encode(to, forKey: .to)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    try container.encode(counts, forKey: .counts)
    try container.encode(exposed, forKey: .exposed)
    try container.encode(moved, forKey: .moved)
    try container.encode(added, forKey: .added)
  }
}
