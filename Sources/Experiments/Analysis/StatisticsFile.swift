import Basics
import Statistics

/// What an engine measured, as a file: counts, means and cross-products by arm and segment, and no rows.
///
/// `verdict analyze` writes one and reads it again; a warehouse can write one with a single aggregate query. Files of
/// disjoint units (days, shards) add up to the file of all of them.
/// ```
/// {"schema": "verdict.statistics/1", "metrics": ["revenue=mean(revenue, covariates: before)"], "clustered": false,
///  "rows": 400, "cells": [{"arm": "control", "segment": {"column": "country", "value": "DE"}, "units": 200, "metrics": [
///    {"count": 200, "mean": [3.1, 2.9], "crossProducts": [812.5, 640.1, 640.1, 900.2], "missing": 0}]}]}
/// ```
/// Means and cross-products Σ(x - mean_x)(y - mean_y) are of the metric's columns in their order: the outcome (numerator,
/// denominator), then the covariates. A cell without `segment` is of all units. Clustered: the columns are of cluster
/// totals, for a mean or proportion [Σ outcome, rows, Σ covariates…].
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

  /// Adds a file of other units.
  ///
  /// - Throws: `StatisticsFault` if the metrics, or the thresholds of their caps, are not the same.
  public mutating func merge(_ other: StatisticsFile, file: String) throws(StatisticsFault) {
    guard other.metrics == metrics, other.isClustered == isClustered else { throw StatisticsFault(.otherMetrics, file) }
    for cell in other.measurements.cells {
      guard let place = measurements.cells.firstIndex(where: { $0.arm == cell.arm && $0.segment == cell.segment })
      else {
        measurements.cells.append(cell)
        continue
      }
      measurements.cells[place].units += cell.units
      for index in cell.metrics.indices {
        try measurements.cells[place].metrics[index].merge(cell.metrics[index], metrics[index].name, file)
      }
    }
    measurements.files += other.measurements.files
    measurements.rows += other.measurements.rows
    measurements.unreadableRows += other.measurements.unreadableRows
    measurements.arms = measurements.cells.filter { $0.segment == nil }.map { .init(name: $0.arm, units: $0.units) }
      .sorted { $0.name < $1.name }
    let observed = [measurements.observed, other.measurements.observed].compactMap { $0 }
    measurements.observed = observed.first.map { first in
      observed.dropFirst().reduce(first) { .init(from: min($0.from, $1.from), until: max($0.until, $1.until)) }
    }
  }

  // MARK: - Text

  public var json: JSONValue {
    var members: JSONObject = [
      "schema": .string(Self.schema), "metrics": .array(metrics.map { .string($0.text) }),
      "clustered": .bool(isClustered), "rows": .integer(measurements.rows),
      "unreadableRows": .integer(measurements.unreadableRows),
      "files": .array(
        measurements.files.map {
          ["name": .string($0.name), "bytes": .integer($0.bytes), "fingerprint": .string($0.fingerprint)]
        }),
    ]
    if let observed = measurements.observed {
      members["observed"] = ["from": .integer(Int(observed.from)), "until": .integer(Int(observed.until))]
    }
    members["cells"] = .array(measurements.cells.map(\.json))
    return .object(members)
  }

  /// - Parameter file: the name used in errors.
  /// - Throws: `JSONFault`, `MetricSpecFault`, or `StatisticsFault` with the path of what is wrong.
  public init(parsing bytes: [UInt8], file: String) throws {
    let root = StatisticsReader(try JSONValue(parsing: bytes, file: file), path: "", file: file)
    guard root.value["schema"]?.string == Self.schema else { throw StatisticsFault(.notStatistics, file) }
    metrics = try root.list("metrics").map { try Metric(parsing: $0.text()) }
    isClustered = root.value["clustered"]?.bool ?? false
    let cells = try root.list("cells").map { [metrics, isClustered] in try $0.cell(metrics, isClustered) }
    let arms = cells.filter { $0.segment == nil }.map { Measurements.Arm(name: $0.arm, units: $0.units) }
    measurements = Measurements(
      files: try (root.optionalList("files") ?? []).map { try $0.inputFile() },
      rows: try root.optionalCount("rows") ?? arms.reduce(0) { $0 + $1.units },
      unreadableRows: try root.optionalCount("unreadableRows") ?? 0, arms: arms.sorted { $0.name < $1.name },
      cells: cells)
    if let observed = root.value["observed"], let from = observed["from"]?.int, let until = observed["until"]?.int {
      measurements.observed = .init(from: Int64(from), until: Int64(until))
    }
  }
}

extension Measurements.MetricData {
  fileprivate mutating func merge(_ other: Self, _ metric: String, _ file: String) throws(StatisticsFault) {
    guard capValue == other.capValue, floorValue == other.floorValue else {
      throw StatisticsFault(.otherLimits(metric: metric), file)
    }
    moments.merge(other.moments)
    missing += other.missing
    if let theirs = other.sortedValues { sortedValues = ((sortedValues ?? []) + theirs).sorted() }
  }

  fileprivate var json: JSONValue {
    func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
    var members: JSONObject = [
      "count": .integer(moments.count), "mean": numbers(moments.mean),
      "meanRemainder": numbers(moments.meanRemainder), "crossProducts": numbers(moments.crossProducts),
      "missing": .integer(missing),
    ]
    if let capValue { members["cap"] = .number(capValue) }
    if let floorValue { members["floor"] = .number(floorValue) }
    if let sortedValues { members["values"] = numbers(sortedValues) }
    return .object(members)
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
private struct StatisticsReader {
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

  func optionalList(_ key: String) throws(StatisticsFault) -> [StatisticsReader]? {
    value[key] == nil ? nil : try list(key)
  }

  func list(_ key: String) throws(StatisticsFault) -> [StatisticsReader] {
    let member = member(key)
    guard let array = member.value.array, !array.isEmpty || key == "files" else { throw member.expected("a list") }
    return array.enumerated().map { StatisticsReader($1, path: "\(member.path)[\($0)]", file: file) }
  }

  func optionalCount(_ key: String) throws(StatisticsFault) -> Int? { value[key] == nil ? nil : try count(key) }

  func count(_ key: String) throws(StatisticsFault) -> Int {
    let member = member(key)
    guard let count = member.value.int, count >= 0, count < 1 << 53 else { throw member.expected("a whole number") }
    return count
  }

  func numbers(_ key: String, _ count: Int) throws(StatisticsFault) -> [Double] {
    let member = member(key)
    let numbers = member.value.array?.compactMap(\.double).filter(\.isFinite) ?? []
    guard numbers.count == count, member.value.array?.count == count else { throw member.expected("\(count) numbers") }
    return numbers
  }

  func inputFile() throws(StatisticsFault) -> InputFile {
    InputFile(name: try member("name").text(), bytes: try count("bytes"), fingerprint: try member("fingerprint").text())
  }

  func cell(_ metrics: [Metric], _ isClustered: Bool) throws(StatisticsFault) -> Measurements.Cell {
    var segment: Segment?
    if value["segment"].map({ !$0.isNull }) ?? false {
      let member = member("segment")
      segment = Segment(column: try member.member("column").text(), value: try member.member("value").text())
    }
    let parts = try list("metrics")
    guard parts.count == metrics.count else {
      throw member("metrics").expected("\(metrics.count) members, one a metric")
    }
    var data: [Measurements.MetricData] = []
    for (metric, part) in zip(metrics, parts) { data.append(try part.data(metric, isClustered)) }
    return Measurements.Cell(arm: try member("arm").text(), segment: segment, units: try count("units"), metrics: data)
  }

  func data(_ metric: Metric, _ isClustered: Bool) throws(StatisticsFault) -> Measurements.MetricData {
    var width = metric.columns.count
    if case .ratio = metric.kind {} else if isClustered { width += 1 }
    let products = try numbers("crossProducts", width * width)
    for i in 0..<width {
      guard products[i + i * width] >= 0,
        (0..<width).allSatisfy({ products[i + $0 * width] == products[$0 + i * width] })
      else { throw member("crossProducts").expected("a symmetric matrix with no negative number on its diagonal") }
    }
    let remainder =
      value["meanRemainder"] == nil ? [Double](repeating: 0, count: width) : try numbers("meanRemainder", width)
    let moments = Moments(
      count: try count("count"), mean: try numbers("mean", width), meanRemainder: remainder, crossProducts: products)
    var data = Measurements.MetricData(moments: moments, missing: try optionalCount("missing") ?? 0)
    data.capValue = value["cap"]?.double
    data.floorValue = value["floor"]?.double
    if case .quantile = metric.kind {
      data.sortedValues = try numbers("values", member("values").value.array?.count ?? -1).sorted()
    }
    return data
  }
}

/// What is wrong with a file of statistics.
public struct StatisticsFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case notStatistics
    case expected(String, path: String)
    case otherMetrics
    case otherLimits(metric: String)
  }
  public let kind: Kind
  public let position: SourcePosition?

  init(_ kind: Kind, _ file: String) {
    self.kind = kind
    position = SourcePosition(file: file)
  }

  public var sentence: String {
    switch kind {
    case .notStatistics: "no statistics: \"schema\": \"\(StatisticsFile.schema)\" is expected."
    case .expected(let what, let path): "'\(path)': expected \(what)."
    case .otherMetrics: "its metrics are not those of the first file; files that are put together measure the same."
    case .otherLimits(let metric):
      "metric '\(metric)' is cut at other values than in the first file. Cut at fixed values, such as cap: 500."
    }
  }
}
