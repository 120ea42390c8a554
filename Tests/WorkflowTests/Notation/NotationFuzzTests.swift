import Basics
import TestSupport
import Testing
import Workflow

/// Any bytes as a model: never a trap, nothing lost, every place inside the text.
@Suite struct NotationFuzzTests {
  private static let words: [String] = [
    "{", "}", "L {", "L { # Name", "n1", ": ", "circle", "diamond", " label:\"a\"", "label=\"b\"", ".handle(", "left",
    "right)", " -> ",
    "L.n1", "[", "]", ",", "p=0.5", "event=x", "loop [", "#", "\"", "\\", "\\\"", "\n", "\r\n", "\r", "\t", " ",
    "@workflow id=a",
    "@cohort", "é", "検", "\u{0}", "\u{7F}", "n2.handle(bottom) -> n1.handle(top)",
    "n3: rectangle label:\"x\" [step=a] [p=1]",
  ]

  private static func soup(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...40, using: &generator) {
      if Int.random(in: 0..<12, using: &generator) == 0 {
        bytes.append(UInt8.random(in: 0...255, using: &generator))
      } else {
        bytes += Array((words.randomElement(using: &generator) ?? "").utf8)
      }
    }
    return bytes
  }

  @Test func anyBytes() throws {
    var generator = SeededGenerator(seed: 21)
    var budget = FuzzBudget(rounds: 20_000)
    while budget.goesOn() {
      let bytes = Self.soup(&generator)
      let parsed = Notation.parse(bytes, file: "m.flow")
      #expect(Self.isLossless(parsed.document, bytes))
      for diagnostic in parsed.diagnostics {
        let range = diagnostic.range
        #expect(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        if let fixIt = diagnostic.fixIt { #expect(fixIt.range.upperBound <= bytes.count) }
        #expect(diagnostic.position?.line != nil && !diagnostic.sentence.isEmpty && !diagnostic.code.isEmpty)
      }
      let extracted = Notation.extract(bytes)
      for model in extracted.models { _ = model.check(suggestingRepairs: true) }
      _ = Notation.fixed(bytes, isModel: true)
      let once = Notation.format(bytes)
      #expect(Notation.format(once) == once)
      #expect(Notation.extract(once).models == extracted.models)
      let plain = Notation.format(bytes, as: .plain)
      #expect(Notation.format(plain, as: .plain) == plain)
    }
  }

  /// The tokens and what ends each line are all bytes of the text, in order.
  private static func isLossless(_ document: Document, _ bytes: [UInt8]) -> Bool {
    var next = document.source.bodyStart
    for (index, line) in document.lines.enumerated() {
      guard line.range.lowerBound == next else { return false }
      for token in document.tokens[line.tokens] {
        guard token.range.lowerBound == next, !token.range.isEmpty else { return false }
        next = token.range.upperBound
      }
      guard next == line.range.upperBound else { return false }
      next = document.source.terminator(ofLine: index).upperBound
    }
    return next == bytes.count
  }

  @Test func diagnosticsAreWrittenAsJSON() throws {
    let text = "L { # L\nn1: circel label:\"Start\"\nn1.handle(right) -> n2.handle(left)\n"
    let json = TextCheck(Array(text.utf8), file: "m.flow", isModel: true).json
    #expect(json["schema"]?.string == "verdict.flow-check/1")
    #expect(json["sound"]?.bool == false)
    let first = try #require(json["diagnostics"]?.array?.first)
    #expect(try JSONValue(parsing: Array(json.text(pretty: true).utf8)[...]) == json)
    #expect(first["file"]?.string == "m.flow")
    #expect(first["severity"]?.string == "error")
    #expect(first["code"]?.string != nil && first["message"]?.string != nil)
    #expect(first["start"]?["line"]?.int != nil && first["end"]?["byte"]?.int != nil)
  }
}

/// A fix-it, applied, mends what it was reported for.
@Suite struct FixItTests {
  private static let two = """
    A { # A
    n1: circle label:"Start"
    n1.handle(right) -> B.n2.handle(left)
    }
    B { # B
    n2: circle label:"End"
    }

    """

  /// Each is one slip in a model that is otherwise right.
  @Test(
    "one slip",
    arguments: [
      ("-> B.n2", "-> A.n2"), ("-> B.n2", "-> n2"), ("-> B.n2", "-> C.n2"), ("n1.handle(right) ->", "n1 ->"),
      ("B.n2.handle(left)", "B.n2"), ("n2: circle label:", "n2: circle label="), ("A { # A", "Lane a {"),
    ])
  func mends(_ right: String, _ wrong: String) {
    let text = Self.two.replacing(right, with: wrong)
    let before = Notation.parse(text).diagnostics
    #expect(before.contains { $0.fixIt != nil })
    let fixed = Notation.fixed(Array(text.utf8), isModel: true)
    let mended = Notation.parse(fixed.bytes).diagnostics
    #expect(fixed.fixes > 0 && mended.isEmpty, "\(mended.text)")
  }
}

@Suite struct PlainFormatTests {
  /// What FlowZap's own validator knows: nothing but lanes, nodes, edges, labels and lane names.
  @Test("only the plain notation is left, with the same nodes and edges", arguments: BuiltInModels.names)
  func plain(_ name: String) throws {
    let text = try #require(BuiltInModels.text(named: name))
    let plain = Notation.format(text, as: .plain)
    let parsed = Notation.parse(plain)
    #expect(parsed.diagnostics.isEmpty)
    let (model, before) = (try #require(parsed.model), try #require(Notation.parse(text).model))
    #expect(model.nodes.allSatisfy(\.attributes.isEmpty) && model.edges.allSatisfy(\.attributes.isEmpty))
    #expect(model.directives.isEmpty && model.lanes == before.lanes)
    #expect(model.nodes.map(\.label) == before.nodes.map(\.label))
    #expect(
      model.edges.map { [$0.source.node, $0.target.node, $0.label] }
        == before.edges.map { [$0.source.node, $0.target.node, $0.label] })
    #expect(Notation.format(plain, as: .plain) == plain)
  }
}
