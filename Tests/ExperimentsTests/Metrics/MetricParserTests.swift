import Experiments
import TestSupport
import Testing

@Suite struct MetricParserTests {
  private static func options(_ change: (inout Metric.Options) -> Void) -> Metric.Options {
    var options = Metric.Options()
    change(&options)
    return options
  }

  @Test func everyKind() throws {
    #expect(try Metric(parsing: "c=proportion(converted)") == Metric("c", .proportion("converted")))
    #expect(try Metric(parsing: "r=mean(revenue)") == Metric("r", .mean("revenue", covariates: [])))
    #expect(
      try Metric(parsing: "r = mean(revenue, covariates: pre_revenue+pre_orders)")
        == Metric("r", .mean("revenue", covariates: ["pre_revenue", "pre_orders"])))
    #expect(
      try Metric(parsing: "rpo=ratio(revenue, orders)")
        == Metric("rpo", .ratio(numerator: "revenue", denominator: "orders", covariates: [])))
    #expect(
      try Metric(parsing: "p95=quantile(latency, 0.95)") == Metric("p95", .quantile("latency", probability: 0.95)))
  }

  @Test func everyOption() throws {
    let metric = try Metric(
      parsing:
        "l=mean(latency)|cap: p99.9 |direction: down| role: guardrail | margin: 2% | window: 7d | event: purchase")
    #expect(
      metric.options
        == Self.options {
          $0.cap = .percentile(99.9)
          $0.direction = .down
          $0.role = .guardrail
          $0.margin = .relative(0.02)
          $0.windowSeconds = 7 * 86_400
          $0.event = "purchase"
        })
    let events = try Metric(
      parsing:
        "p=proportion(*) | where: a > 1 || b == \"x|y\" | aggregate: max | threshold: 2 | delay: 1d")
    #expect(
      events.options
        == Self.options {
          $0.filter = "a > 1 || b == \"x|y\""
          $0.aggregation = .max
          $0.threshold = 2
          $0.delaySeconds = 86_400
        })
    #expect(events.eventOptions == ["where", "delay", "aggregate", "threshold"])
    let before = try Metric(parsing: "m=mean(x, covariates: x) | lookback: 4w | window: 0.5s")
    #expect(before.options.lookbackSeconds == 28 * 86_400 && before.options.windowSeconds == 0.5)
    #expect(try Metric(parsing: events.text) == events)
    #expect(try Metric(parsing: "l=mean(x) | margin: 0.5").options.margin == .absolute(0.5))
    #expect(try Metric(parsing: "l=mean(x) | cap: -3").options.cap == .absolute(-3))
  }

  @Test func quotedNames() throws {
    let metric = try Metric(parsing: #""net (EUR)"=mean("revenue, ""net""", covariates: "a+b"+c)"#)
    #expect(metric == Metric("net (EUR)", .mean(#"revenue, "net""#, covariates: ["a+b", "c"])))
    #expect(try Metric(parsing: metric.text) == metric)
  }

  /// Bars in each kind of quotes; apostrophes mean something in conditions alone.
  @Test(
    arguments: [
      ("where: sku == 'a|b' | window: 1d", "sku == 'a|b'", nil), ("where: `a|b` == \"'\"", "`a|b` == \"'\"", nil),
      ("event: don't buy | window: 1d", nil, "don't buy"), ("event: \"a|b\" | window: 1d", nil, "a|b"),
      (#"event: """x" | window: 1d"#, nil, "\"x"), ("event: \" x \"", nil, " x "),
    ] as [(String, String?, String?)])
  func valuesInQuotes(_ options: String, _ filter: String?, _ event: String?) throws {
    let metric = try Metric(parsing: "m=mean(x) | " + options)
    #expect(metric.options.filter == filter && metric.options.event == event)
    #expect(try Metric(parsing: metric.text) == metric)
  }

  @Test(arguments: [
    ("", "1: expected a metric name, found the end."),
    ("a", "2: expected '=' behind the metric's name, found the end."),
    ("a=maen(x)", "3: no metric kind 'maen'. Did you mean 'mean'?"),
    ("a=variance(x)", "3: no metric kind 'variance'. Use proportion, mean, ratio or quantile."),
    ("a=median(x)", "3: no metric kind 'median'. Write quantile(COLUMN, 0.5)."),
    ("a=P95(x)", "3: no metric kind 'P95'. Write quantile(COLUMN, 0.95)."),
    ("a=conversion(x)", "3: no metric kind 'conversion'. Write proportion(COLUMN)."),
    (
      "a=sum(x)",
      "3: no metric kind 'sum'. Write mean(COLUMN): of events, each unit's sum is averaged, and mean(*) counts them."
    ),
    ("a=mean(x", "9: expected ',' or ')', found the end."),
    ("a=mean(x) cap: 1", "11: expected '|' or the end, found 'cap: 1'."),
    ("a=ratio(x)", "3: ratio takes two columns, numerator and denominator, found 1."),
    ("a=quantile(x, 0)", "3: quantile: expected a probability in (0, 1), found '0'."),
    ("a=quantile(x, 90)", "3: quantile: expected a probability in (0, 1) such as 0.9, found '90'."),
    ("a=mean(x, covariate: y)", "11: no metric option 'covariate'. Did you mean 'covariates'?"),
    ("a=proportion(x, covariates: y)", "3: the option 'covariates' has no meaning for a proportion."),
    ("a=mean(x) | rol: goal", "13: no metric option 'rol'. Did you mean 'role'?"),
    ("a=mean(x) | role: gaol", "13: role: expected goal, secondary, guardrail, found 'gaol'."),
    ("a=mean(x) | cap: 1 | cap: 2", "22: the option 'cap' is given twice."),
    ("a=mean(x) | margin: -1", "13: margin: expected a number or a percentage that is not negative, found '-1'."),
    ("a=mean(x) | window: soon", "13: window: expected a duration such as 7d, 36h or 90m, found 'soon'."),
    ("a=mean(x) | window: 1e308w", "13: window: expected a duration such as 7d, 36h or 90m, found '1e308w'."),
    ("a=proportion(x) | cap: 1", "19: the option 'cap' has no meaning for a proportion."),
    ("a=mean(\"x", "8: expected a closing '\"', found the end."),
    (
      "a=mean(x) | wherever: 1",
      "13: no metric option 'wherever'. Use role, direction, margin, cap, floor, missing, or of events: event, where, "
        + "window, delay, lookback, aggregate, threshold."
    ),
    ("a=mean(x) | window: 1 0d", "13: window: expected a duration such as 7d, 36h or 90m, found '1 0d'."),
    ("a=mean(x) | cap: 0x5", "13: cap: expected a number, or a percentile such as p99.9, found '0x5'."),
    ("a=mean(x) | cap: p0x5", "13: cap: expected a number, or a percentile such as p99.9, found 'p0x5'."),
    ("a=quantile(x, 0x0.8p0)", "3: quantile: expected a probability in (0, 1), found '0x0.8p0'."),
    ("a=mean(x) | event:", "13: expected the name of an event, found nothing."),
    (
      "a=mean(x) | where:  v >> 3",
      "24: expected a number, or text in quotes in the condition, found '> 3'. "
        + "Example: event == \"purchase\" && value > 0"
    ),
    (
      "a=mean(x) | lookback: 7d",
      "13: 'lookback' says from when on events before exposure make covariates, and there are none. Name one, for "
        + "example mean(x, covariates: x), or leave it out."
    ),
  ])
  func faults(spec: String, sentence: String) {
    #expect(
      "\(#expect(throws: MetricSpecFault.self) { try Metric(parsing: spec) }?.description ?? "")"
        == "\(spec):1:\(sentence)")
  }

  @Test func percentagesAreKeptExactly() throws {
    for thousandths in 1...20_000 {
      let metric = try Metric(parsing: "a=mean(x) | role: guardrail | margin: \(Double(thousandths) / 1000)%")
      let again = try Metric(parsing: metric.text)
      #expect(again == metric, "\(metric.text)")
    }
  }

  /// Whatever parses is printed so that it parses to the same; nothing traps.
  @Test func fuzz() throws {
    var generator = SeededGenerator(seed: 20)
    func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    let parts = [
      "a", "=", "mean", "ratio", "quantile", "proportion", "(", ")", ",", " ", "|", ":", "covariates", "+", "\"",
      "\"\"", "0.95",
      "cap", "p99.9", "margin", "0.29%", "7%", "1e-3", "window", "36h", "1e300w", "event", "é\u{0301}", "-1", "nan",
      "inf",
      "\n", "role", "goal", "direction", "down",
    ]
    let seeds = [
      "a=mean(x, covariates: b+c) | cap: p99.9 | margin: 0.29%", "r=ratio(\"a b\", c) | direction: down | window: 36h",
      "q=quantile(x, 0.95) | event: \"buy\" | role: guardrail | margin: 7%",
    ]
    var parsed = 0
    for round in 0..<60_000 {
      var text = round % 2 == 0 ? seeds[below(seeds.count)] : ""
      for _ in 0..<below(round % 2 == 0 ? 3 : 12) {
        let place = text.index(text.startIndex, offsetBy: below(text.count + 1))
        text.insert(contentsOf: parts[below(parts.count)], at: place)
      }
      guard let metric = try? Metric(parsing: text) else { continue }
      parsed += 1
      let again = try Metric(parsing: metric.text)
      #expect(again == metric, "\(text) was printed as \(metric.text)")
    }
    #expect(parsed > 5_000)
  }
}
