import Basics
import Tables

extension Metric {
  /// Parses `NAME=KIND(ARGS)[ | option: value]...`, for example
  /// `revenue=mean(revenue, covariates: pre_revenue+pre_orders) | cap: p99.9`.
  ///
  /// - Throws: `MetricSpecFault` with the column.
  public init(parsing text: String) throws(MetricSpecFault) {
    var parser = MetricParser(text)
    self = try parser.metric()
  }
}

/// Grammar:
/// ```
/// metric  = name "=" kind "(" argument { "," argument } ")" { "|" option ":" value }
/// argument = column | number | "covariates" ":" column { "+" column }
/// column  = word | '"' any '"'        ("" stands for one quote)
/// ```
/// A value ends at a single bar outside quotes; the name of an event may stand in quotes as a column may, and a condition
/// (`RowFilter`) has three kinds of them.
private struct MetricParser {
  private let text: String
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  mutating func metric() throws(MetricSpecFault) -> Metric {
    let name = try column("a metric name")
    try take("=", "'=' behind the metric's name")
    let kindStart = position
    let kindName = try word("a metric kind: proportion, mean, ratio or quantile")
    try take("(", "'(' behind '\(kindName)'")
    let (arguments, covariates) = try argumentList()
    let kind = try makeKind(kindName, arguments, covariates, at: kindStart)
    var metric = Metric(name, kind)
    var seen: Set<String> = []
    var lookback: Int?
    while skip("|") {
      let start = position
      let option = try word("an option")
      guard seen.insert(option).inserted else { throw fault(.optionTwice(option), start) }
      try take(":", "':' behind '\(option)'")
      if option == "lookback" { lookback = start }
      try apply(option, value(of: option), to: &metric, at: start)
    }
    if let lookback, covariates.isEmpty { throw fault(.lookbackAlone, lookback) }
    skipSpace()
    guard index == bytes.count else { throw expected("'|' or the end") }
    return metric
  }

  private mutating func argumentList() throws(MetricSpecFault) -> ([String], [String]) {
    var arguments: [String] = []
    var covariates: [String] = []
    repeat {
      let start = position
      let argument = try column("a column")
      if argument == "covariates", skip(":") {
        repeat { covariates.append(try column("a covariate's column")) } while skip("+")
      } else {
        arguments.append(argument)
        if skip(":") {
          throw fault(.unknownOption(argument, nearest: nearestName(to: argument, among: ["covariates"])), start)
        }
      }
    } while skip(",")
    try take(")", "',' or ')'")
    return (arguments, covariates)
  }

  private func makeKind(
    _ name: String, _ arguments: [String], _ covariates: [String], at start: Int
  ) throws(MetricSpecFault) -> Metric.Kind {
    func need(_ count: Int, _ words: String) throws(MetricSpecFault) {
      guard arguments.count == count else {
        throw fault(.arguments(kind: name, expected: words, found: arguments.count), start)
      }
    }
    if !covariates.isEmpty, name == "proportion" || name == "quantile" {
      throw fault(.notForKind(option: "covariates", kind: name), start)
    }
    switch name {
    case "proportion":
      try need(1, "one column of 0 and 1")
      return .proportion(arguments[0])
    case "mean":
      try need(1, "one column")
      return .mean(arguments[0], covariates: covariates)
    case "ratio":
      try need(2, "two columns, numerator and denominator")
      return .ratio(numerator: arguments[0], denominator: arguments[1], covariates: covariates)
    case "quantile":
      try need(2, "a column and a probability")
      guard let probability = FieldParsing.decimal(arguments[1]), probability > 0, probability < 1 else {
        let percent = FieldParsing.decimal(arguments[1]).flatMap { $0 > 1 && $0 < 100 ? $0 : nil }
        let expected = "a probability in (0, 1)" + (percent.map { " such as \(($0 * 1e8).rounded() / 1e10)" } ?? "")
        throw fault(.badNumber(option: "quantile", found: arguments[1], expected: expected), start)
      }
      return .quantile(arguments[0], probability: probability)
    default:
      let kinds = ["proportion", "mean", "ratio", "quantile"]
      throw fault(.unknownKind(name, nearest: nearestName(to: name, among: kinds)), start)
    }
  }

  private func apply(
    _ option: String, _ found: Value, to metric: inout Metric, at start: Int
  ) throws(MetricSpecFault) {
    let value = found.text
    switch option {
    case "role": metric.options.role = try choice(option, value, start)
    case "direction": metric.options.direction = try choice(option, value, start)
    case "margin":
      let expected = "a number or a percentage that is not negative"
      guard let (number, isPercent) = quantity(value), number >= 0 else {
        throw fault(.badNumber(option: option, found: value, expected: expected), start)
      }
      metric.options.margin = isPercent ? .relative(number / 100) : .absolute(number)
    case "cap", "floor":
      if case .proportion = metric.kind { throw fault(.notForKind(option: option, kind: "proportion"), start) }
      let cut = try cut(option, value, start)
      if option == "cap" { metric.options.cap = cut } else { metric.options.floor = cut }
    case "missing": metric.options.missing = try choice(option, value, start)
    case "window": metric.options.windowSeconds = try duration(option, value, start)
    case "delay": metric.options.delaySeconds = try duration(option, value, start)
    case "lookback": metric.options.lookbackSeconds = try duration(option, value, start)
    case "event": metric.options.event = try event(value, start)
    case "where": metric.options.filter = try condition(found)
    case "aggregate": metric.options.aggregation = try choice(option, value, start)
    case "threshold":
      guard case .proportion = metric.kind else {
        throw fault(.notForKind(option: option, kind: metric.kindName), start)
      }
      guard let number = FieldParsing.decimal(value) else {
        throw fault(.badNumber(option: option, found: value, expected: "a number"), start)
      }
      metric.options.threshold = number
    default:
      let options = [
        "role", "direction", "margin", "cap", "floor", "missing", "window", "event", "where", "aggregate", "threshold",
        "delay", "lookback",
      ]
      throw fault(.unknownOption(option, nearest: nearestName(to: option, among: options)), start)
    }
  }

  private func choice<Value: RawRepresentable & CaseIterable>(
    _ option: String, _ value: String, _ start: Int
  ) throws(MetricSpecFault) -> Value where Value.RawValue == String {
    guard let found = Value(rawValue: value) else {
      throw fault(.unknownValue(option: option, found: value, known: Value.allCases.map(\.rawValue)), start)
    }
    return found
  }

  private func duration(_ option: String, _ value: String, _ start: Int) throws(MetricSpecFault) -> Double {
    guard let seconds = Durations.seconds(value), seconds > 0 else {
      throw fault(.badNumber(option: option, found: value, expected: "a duration such as 7d, 36h or 90m"), start)
    }
    return seconds
  }

  private func cut(_ option: String, _ value: String, _ start: Int) throws(MetricSpecFault) -> Metric.Cap {
    if value.hasPrefix("p"), let percentile = FieldParsing.decimal(String(value.dropFirst())), percentile > 0,
      percentile < 100
    {
      return .percentile(percentile)
    }
    guard let number = FieldParsing.decimal(value) else {
      throw fault(.badNumber(option: option, found: value, expected: "a number, or a percentile such as p99.9"), start)
    }
    return .absolute(number)
  }

  private func quantity(_ value: String) -> (Double, Bool)? {
    let isPercent = value.hasSuffix("%")
    guard let number = FieldParsing.decimal(isPercent ? String(value.dropLast()) : value) else { return nil }
    return (number, isPercent)
  }

  /// A name, or one in quotes.
  private func event(_ value: String, _ start: Int) throws(MetricSpecFault) -> String {
    let (bytes, quote) = (Array(value.utf8), UInt8(ascii: "\""))
    var name = bytes
    if bytes.count >= 2, bytes.first == quote, bytes.last == quote {
      name = []
      var isSecond = false
      for byte in bytes[1..<(bytes.count - 1)] {
        isSecond = byte == quote && !isSecond && name.last == quote
        if !isSecond { name.append(byte) }
      }
    }
    guard !name.isEmpty else { throw fault(.expected("the name of an event", found: "nothing"), start) }
    return String(decoding: name, as: UTF8.self)
  }

  /// The condition as it is written, once it is known to be one.
  private func condition(_ value: Value) throws(MetricSpecFault) -> String {
    do throws(RowFilterFault) { _ = try RowFilter(value.text) } catch {
      throw fault(.condition(error.sentence), value.start + (error.position?.column ?? 1) - 1)
    }
    return value.text
  }

  // MARK: Tokens

  private static let special = Set("=()|:,+\" \t".utf8)

  private mutating func word(_ wanted: String) throws(MetricSpecFault) -> String {
    skipSpace()
    let start = index
    while index < bytes.count, !Self.special.contains(bytes[index]) { index += 1 }
    guard index > start else { throw expected(wanted) }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func column(_ wanted: String) throws(MetricSpecFault) -> String {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return try word(wanted) }
    let start = index
    var name: [UInt8] = []
    index += 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\"") {
        index += 1
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
          return String(decoding: name, as: UTF8.self)
        }
      }
      name.append(bytes[index])
      index += 1
    }
    throw fault(.expected("a closing '\"'", found: "the end"), start)
  }

  private struct Value {
    let text: String
    let start: Int
  }

  /// Everything up to the next single bar outside quotes, without blanks at its ends.
  private mutating func value(of option: String) -> Value {
    let marks = Set((option == "where" ? "\"'`" : "\"").utf8)
    var start = index
    var quote: UInt8?
    while index < bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if marks.contains(byte) {
        quote = byte
      } else if byte == UInt8(ascii: "|") {
        guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "|") else { break }
        index += 1
      }
      index += 1
    }
    var end = index
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return Value(text: String(decoding: bytes[start..<end], as: UTF8.self), start: start)
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func take(_ character: Unicode.Scalar, _ wanted: String) throws(MetricSpecFault) {
    guard skip(character) else { throw expected(wanted) }
  }

  private mutating func skipSpace() {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
  }

  private var position: Int {
    var start = index
    while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    return start
  }

  private func expected(_ wanted: String) -> MetricSpecFault {
    let rest = String(decoding: bytes[index...], as: UTF8.self)
    return fault(.expected(wanted, found: rest.isEmpty ? "the end" : "'\(rest.prefix(20))'"), index)
  }

  private func fault(_ kind: MetricSpecFault.Kind, _ index: Int) -> MetricSpecFault {
    MetricSpecFault(kind: kind, position: SourcePosition(file: text, line: 1, column: index + 1))
  }
}
