import Tables
import Testing

@Suite struct RowFilterTests {
  /// Whether the condition holds for a row of named texts.
  static func holds(_ text: String, _ row: [String: String]) throws -> Bool {
    let filter = try RowFilter(text)
    let cells = filter.columns.map { Array((row[$0] ?? "").utf8) }
    let header = filter.columns.joined(separator: ",")
    let line = filter.columns.map { "\"" + (row[$0] ?? "").replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array("\(header)\n\(line)\n".utf8))])
    let result = try source.scan(filter.columns) { _ in Consumer(filter: filter) }
    #expect(cells.count == filter.columns.count)
    return result.consumers[0].holds
  }

  private struct Consumer: RowConsumer, Sendable {
    let filter: RowFilter
    var holds = false
    mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
      do throws(RowFilter.FieldFault) {
        holds = try filter.holds { fields[$0] }
      } catch {
        throw RowFault(.notANumber(column: filter.columns[error.column], found: "?"), offset: offset)
      }
    }
  }

  @Test(
    arguments: [
      ("event == \"buy\"", true), ("event != 'buy'", false), ("value > 0", true), ("value >= 2.5", true),
      ("value < 2.5", false), ("value <= 2.5 && event == 'buy'", true), ("value == 3 || event == 'buy'", true),
      ("!(value == 2.5)", false), ("paid", true), ("!paid", false), ("empty > 0", false), ("empty != 'x'", false),
      ("empty", false), ("!empty", true), ("`odd name` == 'x'", true), ("quote == 'say \"hi\"'", true),
      // && binds more tightly than ||.
      ("value > 0 || paid && value > 9", true), ("(value > 0 || paid) && value > 9", false),
    ])
  func evaluates(_ text: String, _ expected: Bool) throws {
    let row = ["event": "buy", "value": "2.5", "paid": "true", "odd name": "x", "quote": "say \"hi\""]
    #expect(try Self.holds(text, row) == expected)
  }

  @Test(
    arguments: [
      ("", 1, "a column", "the end"), ("value >", 8, "a number, or text in quotes", "the end"),
      ("value = 1", 7, "'=='", "'= 1'"), ("(a == 1", 8, "')'", "the end"),
      ("a == 1 b", 8, "'&&', '||' or the end", "'b'"),
      ("a < 'x'", 3, "'==' or '!=', as text has no order here,", "'< 'x''"), ("a == 'x", 6, "a closing quote", "''x'"),
    ])
  func faultsHaveAColumn(_ text: String, _ column: Int, _ expected: String, _ found: String) {
    do {
      _ = try RowFilter(text)
      Issue.record("no fault")
    } catch {
      #expect(error.position?.column == column)
      #expect(
        error.sentence
          == "expected \(expected) in the condition, found \(found). Example: event == \"purchase\" && value > 0")
    }
  }

  @Test func deepNestingIsAFault() {
    #expect(throws: RowFilterFault.self) { try RowFilter(String(repeating: "(", count: 100_000)) }
    #expect(throws: RowFilterFault.self) { try RowFilter(String(repeating: "!", count: 100_000) + "a") }
  }

  @Test func textWhereANumberIsComparedIsAFault() {
    #expect(throws: TableFault.self) { try Self.holds("value > 0", ["value": "many"]) }
  }
}
