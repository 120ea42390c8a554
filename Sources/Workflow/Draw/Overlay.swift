/// What is shown on a model's picture: numbers from a log, a simulation or two variants, and where a run stands.
///
/// Nodes are named by their ids, edges by their index in `Model.edges`. Names and indices that the model has not are ignored.
public struct Overlay: Sendable, Hashable {
  /// How far along a scale a node or an edge is, for its heat or width.
  public struct Mark: Sendable, Hashable {
    /// Short lines shown with the label, such as `1,204 · 62 %`.
    public var lines: [String]
    /// In [0, 1]: the heat of a node, the width of an edge; nil for none.
    public var weight: Double?
    public var tone: Tone

    public init(_ lines: [String] = [], weight: Double? = nil, tone: Tone = .plain) {
      (self.lines, self.weight, self.tone) = (lines, weight, tone)
    }
  }

  public enum Tone: String, Sendable, Hashable, CaseIterable {
    case plain
    /// A difference between variants whose interval excludes zero, for the better and for the worse.
    case better, worse
    /// Of a run: done, where the token is, where it waits for somebody, where a step failed.
    case visited, current, waiting, failed
  }

  public var nodes: [String: Mark]
  public var edges: [Int: Mark]
  /// One line under the picture that says what the numbers are.
  public var caption: String?

  public init(nodes: [String: Mark] = [:], edges: [Int: Mark] = [:], caption: String? = nil) {
    (self.nodes, self.edges, self.caption) = (nodes, edges, caption)
  }
}

// MARK: - Numbers

extension Overlay.Mark {
  /// A count and its share of the cases that came to the source: `1,204 · 62 %`; the width of the edge is the share.
  public static func count(_ count: Int, of total: Int) -> Self {
    let share = total > 0 ? Double(count) / Double(total) : nil
    let text = Overlay.grouped(count) + (share.map { " · \(Overlay.percent($0))" } ?? "")
    return Self([text], weight: share.map { min(max($0, 0), 1) })
  }

  /// A time in seconds, as its median and 95 % quantile: `2.5 h · p95 9 h`.
  public static func time(median: Double, upper: Double? = nil) -> Self {
    Self([Overlay.span(median) + (upper.map { " · p95 \(Overlay.span($0))" } ?? "")])
  }

  /// The rates of two variants and the interval of their difference: `A 61 % · B 64.2 %` over `+3.2 [1.1, 5.3] pp`.
  ///
  /// - Parameter increaseIsBetter: nil leaves a difference without judgement.
  public static func rates(
    _ control: Double, _ treatment: Double, difference: Double, lower: Double, upper: Double,
    names: (String, String) = ("A", "B"), increaseIsBetter: Bool? = nil
  ) -> Self {
    let first = "\(names.0) \(Overlay.percent(control)) · \(names.1) \(Overlay.percent(treatment))"
    let second =
      "\(Overlay.points(difference, signed: true)) [\(Overlay.points(lower)), \(Overlay.points(upper))] pp"
    var tone = Overlay.Tone.plain
    if let increaseIsBetter, lower > 0 || upper < 0 { tone = (lower > 0) == increaseIsBetter ? .better : .worse }
    return Self([first, second], weight: treatment.isFinite ? min(max(treatment, 0), 1) : nil, tone: tone)
  }
}

extension Overlay {
  /// 1204 as `1,204`.
  package static func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// 0.624 as `62.4 %`, 0.07 as `7 %`.
  static func percent(_ share: Double) -> String { share.isFinite ? "\(decimal(share * 100)) %" : "–" }

  /// A difference of shares in percentage points.
  static func points(_ share: Double, signed: Bool = false) -> String {
    share.isFinite ? (signed && share > 0 ? "+" : "") + decimal(share * 100) : "–"
  }

  /// 9000 s as `2.5 h`.
  static func span(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    let units: [(String, Double)] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
    for (name, length) in units where abs(seconds) >= length * 1.5 { return "\(decimal(seconds / length)) \(name)" }
    return abs(seconds) >= 1 || seconds == 0 ? "\(decimal(seconds)) s" : "\(decimal(seconds * 1000)) ms"
  }

  /// With one decimal place unless that is zero.
  private static func decimal(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    guard abs(tenths) < 1e15 else { return "\(value)" }
    let whole = Int(tenths.magnitude) / 10
    let rest = Int(tenths.magnitude) % 10
    return (tenths < 0 ? "−" : "") + grouped(whole) + (rest == 0 ? "" : ".\(rest)")
  }
}
