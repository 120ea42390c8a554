import Basics
import Statistics

/// What an engine measured, as a file: counts, means and cross-products by arm and segment, and no rows.
///
/// `verdict analyze` writes one and reads it again; a warehouse can write one with a single aggregate query. Files of
/// disjoint units (days, shards) add up to the file of all of them. README.md of this module has the form, key by key.
public struct StatisticsFile: Sendable {
  public static let schema = "verdict.statistics/1"
  public var metrics: [Metric]
  public var isClustered: Bool
  public var measurements: Measurements

  public init(metrics: [Metric], isClustered: Bool, measurements: Measurements) {
    self.metrics = metrics
    self.isClustered = isClustered
    self.measurements = measurements
  }

  /// Adds a file of other units. Segments that a file puts together cannot be told from each other any more, so parts are
  /// put together first and `foldRareSegments` comes then.
  ///
  /// - Throws: `StatisticsFault` if the metrics, or the thresholds of their caps, are not the same, or if both are of the
  ///   same input.
  public mutating func merge(_ other: StatisticsFile, file: String) throws(StatisticsFault) {
    guard other.metrics == metrics, other.isClustered == isClustered else { throw StatisticsFault(.otherMetrics, file) }
    if let twice = measurements.unitsFile(sharedWith: other.measurements) {
      throw StatisticsFault(.sameInput(twice), file)
    }
    guard other.measurements.cells != measurements.cells else { throw StatisticsFault(.sameNumbers, file) }
    for index in metrics.indices {
      let cuts = [measurements, other.measurements].map { $0.cells.first?.metrics[index].cuts ?? [] }
      guard cuts[0] == cuts[1] else { throw StatisticsFault(.otherLimits(metric: metrics[index].name), file) }
    }
    measurements.add(other.measurements, isClustered: isClustered)
  }

  // MARK: - Text

  public var json: JSONValue {
    var members: JSONObject = [
      "schema": .string(Self.schema), "metrics": .array(metrics.map { .string($0.text) }),
      "clustered": .bool(isClustered), "rows": .integer(measurements.rows),
      "unreadableRows": .integer(measurements.unreadableRows),
      "files": .array(
        measurements.files.map {
          var file: JSONObject = [
            "name": .string($0.name), "bytes": .integer($0.bytes), "fingerprint": .string($0.fingerprint),
          ]
          if let role = $0.role { file["role"] = .string(role.rawValue) }
          return .object(file)
        }),
    ]
    if let exposure = measurements.exposure { members["exposure"] = exposure.json }
    if let several = measurements.clustersInSeveralArms { members["clustersInSeveralArms"] = .integer(several) }
    if let observed = measurements.observed {
      members["observed"] = ["from": .integer(Int(observed.from)), "until": .integer(Int(observed.until))]
    }
    // Never a rest, which is of other segments in another file.
    let cells = measurements.cells.filter { $0.segment?.rest == nil } + (measurements.rareCells ?? [])
    members["cells"] = .array(cells.map(\.json))
    return .object(members)
  }

  /// Whether a text is JSON rather than a table: whatever it holds, the reader of statistics has the sentence for it.
  public static func isOne(_ text: UnsafeRawBufferPointer) -> Bool {
    let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    var rest = text.dropFirst(mark).drop(while: isBlank)
    guard rest.popFirst() == UInt8(ascii: "{") else { return false }
    let next = rest.first { !isBlank($0) }
    return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
  }

  /// - Parameter file: the name used in errors.
  /// - Throws: `JSONFault`, `MetricSpecFault`, or `StatisticsFault` with the path of what is wrong.
  public init(parsing bytes: [UInt8], file: String) throws {
    let root = StatisticsReader(try JSONValue(parsing: bytes, file: file), path: "", file: file)
    guard root.value["schema"]?.string == Self.schema else { throw StatisticsFault(.notStatistics, file) }
    metrics = try root.list("metrics").map { try Metric(parsing: $0.text()) }
    isClustered = try root.optionalFlag("clustered") ?? false
    let cells = try root.list("cells").map { [metrics, isClustered] in try $0.cell(metrics, isClustered) }
    try root.requireWhole(cells, metrics)
    let arms = cells.arms(isClustered: isClustered)
    measurements = Measurements(
      files: try (root.optionalList("files") ?? []).map { try $0.inputFile() },
      rows: try root.optionalCount("rows") ?? arms.reduce(0) { $0 + $1.units },
      unreadableRows: try root.optionalCount("unreadableRows") ?? 0,
      arms: arms.sorted { $0.name.precedesExactly($1.name) }, cells: cells)
    measurements.exposure = try root.optional("exposure")?.exposure()
    measurements.observed = try root.optional("observed")?.observed()
    measurements.clustersInSeveralArms = try root.optionalCount("clustersInSeveralArms")
  }
}

extension Measurements {
  /// A file of units that both are of. Events may be the same: those of other units are not counted.
  fileprivate func unitsFile(sharedWith other: Measurements) -> String? {
    func isOfUnits(_ file: InputFile) -> Bool { file.role == nil || file.role == .exposures }
    let known = Set(files.filter(isOfUnits).map(\.fingerprint))
    return other.files.first { isOfUnits($0) && known.contains($0.fingerprint) }?.name
  }

  /// Adds other units.
  fileprivate mutating func add(_ other: Measurements, isClustered: Bool) {
    var places: [CellKey: Int] = [:]
    for (place, cell) in cells.enumerated() { places[cell.key] = place }
    for cell in other.cells {
      if let place = places[cell.key] {
        cells[place].add(cell)
      } else {
        places[cell.key] = cells.count
        cells.append(cell)
      }
    }
    let haveSameEvents = Set(other.files.filter { $0.role == .events }).isSubset(of: files)
    exposure = exposure?.adding(other.exposure, haveSameEvents: haveSameEvents) ?? other.exposure
    for file in other.files where !files.contains(file) { files.append(file) }
    rows += other.rows
    unreadableRows += other.unreadableRows
    arms = cells.arms(isClustered: isClustered).sorted { $0.name.precedesExactly($1.name) }
    // A file that does not say leaves the sum unknown.
    clustersInSeveralArms = clustersInSeveralArms.flatMap { ours in
      other.clustersInSeveralArms.map { ours + $0 }
    }
    let spans = [observed, other.observed].compactMap { $0 }
    observed = spans.first.map { first in
      spans.dropFirst().reduce(first) { .init(from: min($0.from, $1.from), until: max($0.until, $1.until)) }
    }
  }
}

extension ExposureSummary {
  fileprivate func adding(_ other: ExposureSummary?, haveSameEvents: Bool) -> ExposureSummary {
    guard let other else { return self }
    var sum = self
    sum.unitsInSeveralArms += other.unitsInSeveralArms
    sum.immatureUnits += other.immatureUnits
    sum.eventsOfUnits += other.eventsOfUnits
    guard !haveSameEvents else { return sum }
    sum.events += other.events
    sum.eventsAsked += other.eventsAsked
    return sum
  }

  fileprivate var json: JSONValue {
    [
      "unitsInSeveralArms": .integer(unitsInSeveralArms), "immatureUnits": .integer(immatureUnits),
      "events": .integer(events), "eventsAsked": .integer(eventsAsked), "eventsOfUnits": .integer(eventsOfUnits),
    ]
  }
}

extension Measurements.MetricData {
  fileprivate var json: JSONValue {
    func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
    var members: JSONObject = [
      "count": .integer(moments.count), "mean": numbers(moments.mean),
      "meanRemainder": numbers(moments.meanRemainder), "crossProducts": numbers(moments.crossProducts),
      "missing": .integer(missing),
    ]
    if let caps = Self.json(cuts.map(\.high)) { members["cap"] = caps }
    if let floors = Self.json(cuts.map(\.low)) { members["floor"] = floors }
    if let sortedValues { members["values"] = numbers(sortedValues) }
    if let histogram {
      let bins = histogram.bins
      members["values"] = numbers(bins.map(\.value))
      members["counts"] = .array(bins.map { .integer($0.count) })
    }
    if let clustersOfValues { members["clusters"] = .array(clustersOfValues.map { .integer($0) }) }
    return .object(members)
  }

  /// A number, of two outcome columns a list; nil if there is no threshold.
  private static func json(_ thresholds: [Double?]) -> JSONValue? {
    guard thresholds.contains(where: { $0 != nil }) else { return nil }
    let values = thresholds.map { $0.map { JSONValue.number($0) } ?? .null }
    return values.count == 1 ? values[0] : .array(values)
  }
}

extension Measurements.Cell {
  fileprivate var json: JSONValue {
    var members: JSONObject = ["arm": .string(arm)]
    if let segment { members["segment"] = ["column": .string(segment.column), "value": .string(segment.value)] }
    members["units"] = .integer(units)
    members["metrics"] = .array(metrics.map(\.json))
    return .object(members)
  }
}

/// Reads the members of such a file and says where one is not what it should be.
struct StatisticsReader {
  let value: JSONValue
  let path: String
  let file: String

  init(_ value: JSONValue, path: String, file: String) {
    self.value = value
    self.path = path
    self.file = file
  }

  func member(_ key: String) -> StatisticsReader {
    StatisticsReader(value[key] ?? .null, path: path.isEmpty ? key : "\(path).\(key)", file: file)
  }

  func expected(_ what: String) -> StatisticsFault { StatisticsFault(.expected(what, path: path), file) }

  func text() throws(StatisticsFault) -> String {
    guard let text = value.string else { throw expected("text") }
    return text
  }

  func optional(_ key: String) -> StatisticsReader? { value[key].map { !$0.isNull } ?? false ? member(key) : nil }

  func optionalFlag(_ key: String) throws(StatisticsFault) -> Bool? {
    guard let member = optional(key) else { return nil }
    guard let flag = member.value.bool else { throw member.expected("true or false") }
    return flag
  }

  func optionalList(_ key: String) throws(StatisticsFault) -> [StatisticsReader]? {
    value[key] == nil ? nil : try list(key)
  }

  func list(_ key: String) throws(StatisticsFault) -> [StatisticsReader] {
    let member = member(key)
    guard let array = member.value.array, !array.isEmpty || key == "files" else { throw member.expected("a list") }
    return array.enumerated().map { StatisticsReader($1, path: "\(member.path)[\($0)]", file: file) }
  }

  func optionalCount(_ key: String) throws(StatisticsFault) -> Int? { value[key] == nil ? nil : try count(key) }

  /// - Parameter limit: a trillion, so that sums of as many cells as a file can have are numbers still.
  func count(_ key: String, below limit: Int = 1 << 40) throws(StatisticsFault) -> Int {
    let member = member(key)
    guard let count = member.value.int, count >= 0 else { throw member.expected("a whole number") }
    guard count < limit else { throw member.expected("a whole number below \(limit.grouped)") }
    return count
  }

  func numbers(_ key: String, _ count: Int) throws(StatisticsFault) -> [Double] {
    let member = member(key)
    let numbers = member.value.array?.compactMap(\.double).filter(\.isFinite) ?? []
    guard numbers.count == count, member.value.array?.count == count else { throw member.expected("\(count) numbers") }
    return numbers
  }

  func inputFile() throws(StatisticsFault) -> InputFile {
    var file = InputFile(
      name: try member("name").text(), bytes: try count("bytes", below: 1 << 53),
      fingerprint: try member("fingerprint").text())
    if let member = optional("role") {
      guard let role = InputFile.Role(rawValue: try member.text()) else { throw member.expected("exposures or events") }
      file.role = role
    }
    return file
  }

  func exposure() throws(StatisticsFault) -> ExposureSummary {
    ExposureSummary(
      unitsInSeveralArms: try count("unitsInSeveralArms"), immatureUnits: try count("immatureUnits"),
      events: try count("events"), eventsAsked: try count("eventsAsked"), eventsOfUnits: try count("eventsOfUnits"))
  }

  func observed() throws(StatisticsFault) -> Measurements.Observed {
    func second(_ key: String) throws(StatisticsFault) -> Int64 {
      guard let second = member(key).value.int else { throw member(key).expected("seconds since 1970") }
      return Int64(second)
    }
    return Measurements.Observed(from: try second("from"), until: try second("until"))
  }

  func cell(_ metrics: [Metric], _ isClustered: Bool) throws(StatisticsFault) -> Measurements.Cell {
    var segment: Segment?
    if let member = optional("segment") {
      segment = Segment(column: try member.member("column").text(), value: try member.member("value").text())
    }
    let parts = try list("metrics")
    guard parts.count == metrics.count else {
      throw member("metrics").expected("\(metrics.count) members, one a metric")
    }
    let units = try count("units")
    var data: [Measurements.MetricData] = []
    for (metric, part) in zip(metrics, parts) { data.append(try part.data(metric, isClustered, of: units)) }
    return Measurements.Cell(arm: try member("arm").text(), segment: segment, units: units, metrics: data)
  }

  func data(_ metric: Metric, _ isClustered: Bool, of units: Int) throws(StatisticsFault) -> Measurements.MetricData {
    var width = metric.columns.count
    if case .ratio = metric.kind {} else if isClustered { width += 1 }
    let count = try count("count")
    guard count <= units else { throw member("count").expected("at most the cell's \(units) units") }
    let mean = try numbers("mean", width)
    let remainder =
      value["meanRemainder"] == nil ? [Double](repeating: 0, count: width) : try numbers("meanRemainder", width)
    let products = try crossProducts(count: count, mean: mean)
    try requireShares(metric, isClustered, count: count, mean: mean)
    let moments = Moments(count: count, mean: mean, meanRemainder: remainder, crossProducts: products)
    var data = Measurements.MetricData(moments: moments, missing: try optionalCount("missing") ?? 0)
    data.cuts = try cuts(metric)
    if case .quantile = metric.kind {
      let values = try numbers("values", member("values").value.array?.count ?? -1)
      if value["counts"] != nil, !isClustered {
        data.histogram = try histogram(of: values)
        return data
      }
      guard isClustered || values.count == count else {
        throw member("values").expected("\(count.grouped) numbers, as 'count' says")
      }
      let order = values.indices.sorted { values[$0] < values[$1] }
      data.sortedValues = order.map { values[$0] }
      if isClustered { data.clustersOfValues = try clusters(of: values.count).inOrder(order) }
    }
    return data
  }

  /// Of values that occur several times.
  private func histogram(of values: [Double]) throws(StatisticsFault) -> QuantileHistogram {
    let counts = try numbers("counts", values.count).compactMap { Int(exactly: $0) }
    let all = try count("count")
    guard counts.count == values.count, counts.allSatisfy({ (0...all).contains($0) }) else {
      throw member("counts").expected("whole numbers from 0 on, one for each of the values")
    }
    guard counts.reduce(0, +) == all else {
      throw member("counts").expected("\(all.grouped) values in all, as 'count' says")
    }
    var histogram = QuantileHistogram()
    for (value, count) in zip(values, counts) where count > 0 { histogram.insert(value, times: count) }
    return histogram
  }

  /// The cluster of each value, whole numbers from 0 on.
  private func clusters(of count: Int) throws(StatisticsFault) -> [Int] {
    let clusters = try numbers("clusters", count).compactMap { Int(exactly: $0) }
    guard clusters.count == count, clusters.allSatisfy({ (0..<1 << 53).contains($0) }) else {
      throw member("clusters").expected("whole numbers from 0 on, one for each of the values")
    }
    return clusters
  }
}

extension [Int] {
  fileprivate func inOrder(_ places: [Int]) -> [Int] { places.map { self[$0] } }
}

/// What is wrong with a file of statistics.
public struct StatisticsFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case notStatistics
    case expected(String, path: String)
    case otherMetrics
    case otherLimits(metric: String)
    /// The same cell as another one.
    case cellTwice(path: String, first: String, name: String)
    /// A segment's arm has no cell of all its units.
    case onlySegments(arm: String)
    /// An input that the file is of is one of another file already.
    case sameInput(String)
    case sameNumbers
  }
  public let kind: Kind
  public let position: SourcePosition?

  init(_ kind: Kind, _ file: String) {
    self.kind = kind
    position = SourcePosition(file: file)
  }

  public var sentence: String {
    switch kind {
    case .notStatistics:
      "no statistics: \"schema\": \"\(StatisticsFile.schema)\" is expected. Rows are read from CSV, not from JSON."
    case .expected(let what, let path): "'\(path)': expected \(what)."
    case .otherMetrics: "its metrics are not those of the first file; files that are put together measure the same."
    case .otherLimits(let metric):
      "metric '\(metric)' is cut at other values than in the first file. Cut at fixed values, such as cap: 500."
    case .cellTwice(let path, let first, let name):
      "'\(path)' is \(name), which '\(first)' is already. A cell stands once: add up its rows, or write a file a part and name "
        + "them all."
    case .onlySegments(let arm):
      "'cells': the arm '\(arm)' has segments but no cell of all its units. Add one without 'segment'."
    case .sameInput(let name):
      "it is of '\(name)', the bytes of which are in a file before it. Files that are put together are of different units; "
        + "name each once."
    case .sameNumbers:
      "it holds the same numbers as the files before it. Files that are put together are of different units; name each once."
    }
  }
}
