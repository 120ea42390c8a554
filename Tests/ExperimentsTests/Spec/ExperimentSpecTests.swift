import Basics
import Experiments
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct ExperimentSpecTests {
  private static func faults(_ yaml: String) -> String {
    do throws(InputFaults) {
      _ = try ExperimentSpec(yaml: yaml, file: "a.yaml")
      return ""
    } catch { return error.sentence }
  }

  private static func minimal(_ more: String = "", without line: String = "\u{0}") -> String {
    let kept = SpecFixtures.minimalExperiment.split(separator: "\n").filter { !$0.contains(line) }
    return kept.joined(separator: "\n") + "\n" + more
  }

  private static func minimal(data: String, _ more: String = "") -> String {
    SpecFixtures.minimalExperiment.replacing("data:\n  files: [users.csv]", with: "data: \(data)") + "\n" + more
  }

  @Test func defaults() throws {
    let spec = try ExperimentSpec(yaml: SpecFixtures.minimalExperiment, file: "specs/a.yaml")
    #expect(spec.variants.map(\.name) == ["control", "treatment"])
    #expect(spec.control == "control")
    #expect(spec.allocation.salt == "checkout")
    #expect(spec.allocation.weights == ["control": 1, "treatment": 1])
    #expect(spec.measurementRequest.files == ["specs/users.csv"])
    let plan = spec.analysisPlan
    #expect(plan.alpha == 0.05 && plan.correction == .holm && plan.method == .fixed && !plan.isFinal)
    #expect(plan.specHash == spec.specHash)
  }

  /// `events` beside `exposures` in place of `files`.
  @Test func eventsAndExposures() throws {
    func yaml(_ data: String) -> String {
      "version: 1\nkind: experiment\nname: x\nvariants: [control, b]\ndata: {\(data)}\nmetrics: [\"m = mean(v)\"]\n"
    }
    let spec = try ExperimentSpec(
      yaml: yaml("events: [e1.csv, e2.csv], exposures: x.csv, time_zone: Europe/Berlin"), file: "/specs/a.yaml")
    #expect(spec.measurementRequest.files == ["/specs/e1.csv", "/specs/e2.csv"])
    let source = spec.measurementRequest.exposures
    #expect(source?.files == ["/specs/x.csv"] && source?.timeColumn == "timestamp" && source?.eventColumn == "event")
    #expect(source?.timeZone == "Europe/Berlin" && source?.includesImmature == false)
    #expect(Self.faults(yaml("events: e.csv")).contains("exposures"))
    #expect(Self.faults(yaml("events: e.csv, files: u.csv, exposures: x.csv")).contains("either 'files' or 'events'"))
  }

  @Test func everyKey() throws {
    let spec = try ExperimentSpec(yaml: SpecFixtures.fullExperiment, file: "/specs/a.yaml")
    #expect(
      spec.hypothesis?.text
        == "because half of the buyers leave at the address form, if the form has one page, then more of them buy")
    #expect(spec.variants.map(\.name) == ["A", "B", "C"])
    #expect(spec.variants[1].value == ["page": "one", "columns": 2])
    #expect(spec.allocation.scheme == "growthbook/2" && spec.allocation.coverage == 0.2)
    #expect(spec.allocation.weights == ["A": 50, "B": 25, "C": 25])
    #expect(spec.measurementRequest.files == ["/specs/week1.csv", "/specs/week2.csv"])
    #expect(spec.measurementRequest.clusterColumn == "household")
    #expect(spec.data.isFinal && spec.data.allowedBadRows == 0.01 && spec.data.nullWords == ["NA", "-99"])
    let exposures = spec.measurementRequest.exposures
    #expect(
      exposures?.eventColumn == "action" && exposures?.timeColumn == "seen_at"
        && exposures?.exposureTimeColumn == "exposed_at" && exposures?.includesImmature == true
        && exposures?.asOf == "2026-03-20 18:00" && exposures?.unitColumn == "id"
        && exposures?.attributeFiles == ["/specs/units.csv"])
    #expect(spec.analysisPlan.minimumRuntime == 604_800.0)
    #expect(spec.metrics[1].options.floor == .absolute(-5) && spec.metrics[1].options.missing == .zero)
    #expect(spec.metrics[1].text.contains("covariates: revenue_before+orders_before"))
    #expect(spec.metrics[1].options.windowSeconds == 1_209_600)
    #expect(spec.metrics[3].options.margin == .relative(0.02))
    #expect(spec.method.name == .sequential && spec.method.plannedUnits == 20_000)
    #expect(spec.decision.minimumRuntime == 7 * 86_400 && !spec.decision.requiresGuardrails)
    #expect(spec.rollout?.stages.map(\.share) == [0.05, 0.25, 1])
    #expect(spec.rollout?.stages.map(\.hold) == [86_400, 172_800, 0])
    #expect(spec.rollout?.stages.map(\.requiresApproval) == [false, true, false])
    #expect(spec.rollout?.target == .growthbook)
  }

  /// What chooses among events needs exposures; conditions are read when the spec is.
  @Test(
    arguments: [
      (
        minimal("  - 'm = mean(v) | where: v > 0'"),
        "a.yaml:8:5: metric: the option 'where' of the metric 'm' chooses among events, and these rows are units. Pass "
          + "--exposures (in a spec: data.exposures) to join events with exposures, or leave the option out."
      ),
      (
        minimal("  - { name: m, kind: mean, column: v, window: 7d }"),
        "a.yaml:8:39: metric: the option 'window' of the metric 'm' chooses among events, and these rows are units. Pass "
          + "--exposures (in a spec: data.exposures) to join events with exposures, or leave the option out."
      ),
      (
        minimal(data: "{ files: [users.csv], include_immature: true, event: e }"),
        "a.yaml:4:47: data.include_immature: expected 'exposures' beside it, found none.\n"
          + "a.yaml:4:60: data.event: expected 'exposures' beside it, found none."
      ),
      (
        minimal(data: "{ events: e.csv, exposures: x.csv, as_of: soon }"),
        "a.yaml:4:49: data.as_of: expected a date or time such as 2026-11-23, found 'soon'."
      ),
      (
        minimal(
          data: "{ events: e.csv, exposures: x.csv }",
          "  - { name: m, kind: mean, column: v, where: v >> 3, lookback: 1d }"),
        "a.yaml:7:46: metric, character 4: expected a number, or text in quotes in the condition, found '> 3'. "
          + "Example: event == \"purchase\" && value > 0\n"
          + "a.yaml:7:64: metric: 'lookback' says from when on events before exposure make covariates, and there are none. "
          + "Name one, for example mean(x, covariates: x), or leave it out."
      ),
    ] as [(String, String)])
  func eventOptions(_ yaml: String, _ sentence: String) { #expect(Self.faults(yaml) == sentence) }

  /// A word is what is written, though it would mean nothing elsewhere.
  @Test(arguments: [
    ("NULL", ["NULL"]), ("[NA, null, ~, -99]", ["NA", "null", "~", "-99"]), ("'null'", ["null"]), ("[]", []), ("", []),
  ])
  func nullWords(_ written: String, _ words: [String]) throws {
    let yaml = Self.minimal(data: "{ files: [users.csv], null_words: \(written) }")
    #expect(try ExperimentSpec(yaml: yaml).data.nullWords == words)
  }

  @Test func nullWordsAreWords() {
    #expect(
      Self.faults(Self.minimal(data: "{ files: [users.csv], null_words: [NA, ''] }"))
        == "a.yaml:4:46: data.null_words[1]: expected a word, found empty text.")
  }

  /// JSON is YAML; what the canonical form leaves out is only where the spec lies and what arrives later.
  @Test func hashIsOfTheMeaning() throws {
    let spec = try ExperimentSpec(yaml: SpecFixtures.minimalExperiment)
    let json =
      #"{"metrics": ["conversion=proportion(converted)"], "data": {"files": ["other.csv"], "final": true},"#
      + #" "variants": ["control", "treatment"], "name": "checkout", "version": 1, "kind": "experiment"}"#
    #expect(try ExperimentSpec(yaml: json, file: "x/y.json").specHash == spec.specHash)
    #expect(spec.specHash.hasPrefix("sha256:") && spec.specHash.utf8.count == 71)
    let flat = try ExperimentSpec(yaml: Self.minimal("method: bayesian"))
    let believed = try ExperimentSpec(yaml: Self.minimal("method: { name: bayesian, prior: { sd: 10% } }"))
    #expect(flat.specHash != believed.specHash)
    #expect(believed.analysisPlan.prior == .init(mean: 0, standardDeviation: 0.1))
    let withWords = Self.minimal(data: "{ files: [users.csv], null_words: NA }")
    #expect(try ExperimentSpec(yaml: withWords).specHash != spec.specHash)
    let stricter = Self.minimal("method: { alpha: 0.01 }")
    #expect(try ExperimentSpec(yaml: stricter).specHash != spec.specHash)
  }

  @Test(arguments: [
    ("", "a.yaml: the spec is empty. It begins with 'version: 1'."),
    ("[1]", "a.yaml:1:1: the spec: expected a mapping, found a list."),
    ("version: 1\n a: [", "a.yaml:2:3: not YAML: mapping values are not allowed in this context."),
    (
      minimal("allocation:\n  weigths: { control: 1, treatment: 1 }"),
      "a.yaml:9:3: no key 'weigths' in 'allocation'. Did you mean 'weights'?"
    ),
    (minimal("metric: []"), "a.yaml:8:1: no key 'metric' in the spec. Did you mean 'metrics'?"),
    (minimal("name: again"), "a.yaml:2:1: the key 'name' is given twice."),
    (minimal(without: "version:"), "a.yaml:1:1: the spec needs the key 'version': 1."),
    (
      minimal("version: 2", without: "version:"), "a.yaml:7:10: version: this program reads version 1, found '2'."
    ),
    (
      minimal("control: treatmnt"),
      "a.yaml:8:10: control: 'treatmnt' is not one of control, treatment. Did you mean 'treatment'?"
    ),
    (
      minimal("method: { alpha: '0.05' }"), "a.yaml:8:18: method.alpha: expected a number in (0, 1), found '0.05'."
    ),
    (
      minimal("method: sequental"),
      "a.yaml:8:9: method: 'sequental' is not one of fixed, sequential, group-sequential, bayesian. Did you mean 'sequential'?"
    ),
    (
      minimal("method: { prior: { sd: 10% } }"),
      "a.yaml:8:18: method.prior: expected 'name: bayesian' beside it, found name: fixed."
    ),
    (
      minimal("method: { name: bayesian, prior: { mean: 1% } }"),
      "a.yaml:8:34: 'method.prior' needs the key 'sd': the prior's standard deviation of the lift, such as 10%."
    ),
    (
      minimal("method: { gatekeeping: all, correction: bh }"),
      "a.yaml:8:41: method.correction: expected no other than holm beside 'gatekeeping', found 'bh'."
    ),
    (
      minimal("method: { name: bayesian, negligible: 0% }"),
      "a.yaml:8:39: method.negligible: expected a lift above 0, such as 1%, found '0%'."
    ),
    (
      minimal("rollout: { stages: [{ share: 50% }, { share: 20% }] }"),
      """
      a.yaml:8:37: rollout.stages[1].share: expected more than the stage before, found 0.2.
      a.yaml:8:37: rollout.stages: expected a last stage with all users (100%), found 0.2.
      """
    ),
    (
      minimal("  - r = maen(x)"),
      "a.yaml:8:5: metric, character 5: no metric kind 'maen'. Did you mean 'mean'?"
    ),
    (
      minimal("  - { name: r, kind: mean, colum: x }"),
      """
      a.yaml:8:5: 'metrics[1]' needs the key 'column': the name of a column.
      a.yaml:8:28: no key 'colum' in 'metrics[1]'. Did you mean 'column'?
      """
    ),
    (
      minimal("name: ../up", without: "name"),
      "a.yaml:7:7: name: expected at most 64 letters, digits, '-', '_' and '.', a letter or digit first (numbers in quotes), found '../up'."
    ),
    (
      "é: 1\nversion: 1",
      "a.yaml:1:1: the spec needs the key 'name': a short name of letters, digits, '-', '_' and '.'."
    ),
  ])
  func faults(yaml: String, sentences: String) {
    if yaml.hasPrefix("é") {
      #expect(Self.faults(yaml).hasPrefix(sentences))
    } else {
      #expect(Self.faults(yaml) == sentences)
    }
  }

  /// Columns count bytes: the value stands behind a key of two bytes a letter.
  @Test func columnsCountBytes() {
    let yaml = Self.minimal("control: é\nvariants: { é: x, ü: 3, ö: [] }", without: "variants")
    #expect(Self.faults(yaml).hasPrefix("a.yaml:8:31: variants.ö: expected text, found an empty list."))
  }

  @Test func manyAtOnce() {
    let yaml = "version: 1\nname: x\nvariants: [a]\ndata: 3\nmetrics: []\ncolour: red\n"
    #expect(Self.faults(yaml).split(separator: "\n").count == 5)
  }

  @Test func hugeInputs() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(Self.faults(deep).contains("not YAML"))
    let long = "a: " + String(repeating: "x", count: 2_000_000)
    #expect(Self.faults(long).contains("a spec has at most 1048576"))
    let laughs = (1..<12).reduce("l0: &l0 [x, x, x, x, x, x, x, x, x]") { text, k in
      text + "\nl\(k): &l\(k) [" + Array(repeating: "*l\(k - 1)", count: 9).joined(separator: ", ") + "]"
    }
    #expect(Self.faults(laughs).contains("more than 50000 values"))
  }

  @Test func unreadableFiles() throws {
    #expect(throws: InputFaults.self) { try ExperimentSpec.load("/nowhere/spec.yaml") }
    #expect(throws: InputFaults.self) { try ExperimentSpec.load("/") }
  }

  /// Damaged specs give faults or specs, never traps.
  @Test func fuzz() {
    var generator = SeededGenerator(seed: 5)
    let source = Array(SpecFixtures.fullExperiment.utf8)
    var read = 0
    for _ in 0..<400 {
      var bytes = source
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...127, using: &generator)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
        default: bytes.insert(contentsOf: "{[]}&*:-|'\"%#\n".utf8.shuffled(using: &generator).prefix(2), at: place)
        }
      }
      if Self.faults(String(decoding: bytes, as: UTF8.self)).isEmpty { read += 1 }
    }
    #expect(read > 0 && read < 400)
  }
}
