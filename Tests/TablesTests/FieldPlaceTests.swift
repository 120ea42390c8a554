import Basics
import Hashing
import Tables
import TestSupport
import Testing

/// Where the kernels take fields to be: columns asked for among others, fields that are long, and rows that are not as the others.
@Suite struct FieldPlaceTests {
  /// All fields by name of column.
  private struct Named: RowConsumer, Sendable {
    let columns: Int
    var rows: [[String]] = []
    var blocks = 0

    mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
      rows.append(fields.map(\.string))
    }

    mutating func consume(_ block: FieldBlock) -> Bool {
      blocks += 1
      rows += (0..<block.rows).map { row in (0..<columns).map { block.field(row, $0).string } }
      return true
    }
  }

  private static func source(_ text: String, _ kernel: ScanKernel, chunk: Int = 1 << 20) throws -> TableSource {
    var options = TableOptions(threads: 2)
    (options.kernel, options.chunkBytes, options.copiesText) = (kernel, chunk, true)
    return try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
  }

  /// Columns are found seven at a time, the last one says where rows end, and sixteen rows go together.
  @Test(arguments: [2, 7, 8, 9, 15, 20])
  func anyColumnsOfAnyNumber(_ columns: Int) throws {
    var random = SeededGenerator(seed: 3)
    for rows in [1, 15, 16, 17, 100] {
      let cells = (0..<rows).map { row in
        (0..<columns).map { "\(row).\($0)" + String(repeating: "x", count: (row * $0) % 5) }
      }
      let names = (0..<columns).map { "c\($0)" }
      let text = ([names] + cells).map { $0.joined(separator: ",") + "\n" }.joined()
      for kernel in ScanKernel.allCases {
        let source = try Self.source(text, kernel)
        for asked in [[0], [columns - 1], Array((0..<columns).shuffled(using: &random).prefix(4))] {
          let found = try source.scan(asked.map { names[$0] }) { _ in Named(columns: asked.count) }
          #expect(found.consumers.flatMap(\.rows) == cells.map { row in asked.map { row[$0] } })
          #expect(kernel == .definition || found.consumers[0].blocks > 0)
        }
      }
    }
  }

  /// A place holds fewer than 255 bytes of a field; doubled quotes and returns do not belong to it.
  @Test(arguments: [0, 1, 252, 253, 254, 255, 256, 257, 1000])
  func fieldsOfAnyLength(_ count: Int) throws {
    let long = String(repeating: "a", count: count)
    let written: [(String, String)] = [
      (long, long), ("\"\(long)\"", long), ("\"\(long)\"\"b\"", long + "\"b"), ("\"\(long),\"", long + ","),
      ("\"\"\"\(long)\"", "\"" + long),
    ]
    for ending in ["\n", "\r\n"] {
      for width in [2, 3] {
        let cells = (0..<40).map { row in (0..<width).map { written[(row + $0 * 2) % written.count] } }
        let header = ["a", "b", "c"].prefix(width).joined(separator: ",") + ending
        let text = header + cells.map { $0.map(\.0).joined(separator: ",") + ending }.joined()
        for kernel in ScanKernel.allCases {
          let source = try Self.source(text, kernel)
          for asked in [source.columns, [source.columns[width - 1]]] {
            let places = asked.compactMap { source.columns.firstIndex(of: $0) }
            let found = try source.scan(asked) { _ in Named(columns: asked.count) }.consumers.flatMap(\.rows)
            #expect(found == cells.map { row in places.map { row[$0].1 } }, "\(kernel), \(width) columns, \(asked)")
          }
        }
      }
    }
  }

  /// A field too few in one row and too many in a later one: as many separators as there should be, and yet not a table.
  @Test(arguments: [0, 5, 16, 40])
  func fieldsThatMakeUpForEachOther(_ short: Int) throws {
    for long in [short + 1, short + 17, 79] {
      let rows = (0..<80).map { $0 == short ? "1,2" : $0 == long ? "1,2,3,4" : "1,2,3" }
      let text = "a,b,c\n" + rows.map { $0 + "\n" }.joined()
      for asked in [["a"], ["c"], ["a", "b", "c"]] {
        let faults = try ScanKernel.allCases.map { kernel in
          let source = try Self.source(text, kernel)
          return #expect(throws: TableFault.self) { try source.scan(asked) { _ in Named(columns: asked.count) } }
        }
        #expect(faults.allSatisfy { $0 == faults[0] })
        #expect(faults[0]?.position?.line == short + 2)
      }
    }
  }

  /// The checksum of each range, of several windows with the rest of a record between them, and of a record longer than those.
  @Test func checksums() throws {
    let rows = (0..<60_000).map { "unit-\($0),\($0 % 7).25\n" }
    let long = "\"" + String(repeating: "y", count: 700_000) + "\",1\n"
    let texts = ["u,x\n" + rows.joined(), "u,x\n" + rows.prefix(500).joined() + long + rows.joined(), "u,x\na,1\n"]
    for text in texts {
      let bytes = Array(text.utf8)
      for kernel in ScanKernel.allCases {
        for chunk in [1 << 12, 1 << 19, 1 << 20] {
          var (ranges, sums): ([Range<Int>], [UInt64]) = ([], [])
          _ = try Self.source(text, kernel, chunk: chunk).scan(["x"]) { _ in
            Named(columns: 1)
          } deliver: { batch in
            ranges += batch.ranges
            sums += batch.checksums
            return nil
          }
          let expected = ranges.map { range in
            var crc = CRC64()
            bytes[range].withUnsafeBytes { crc.update($0) }
            return crc.digest
          }
          #expect(sums == expected, "\(kernel), chunks of \(chunk)")
          #expect(ranges.first?.lowerBound == 4 && ranges.last?.upperBound == bytes.count)
        }
      }
    }
  }
}
