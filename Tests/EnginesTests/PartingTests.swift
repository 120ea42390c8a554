import Basics
import CScan
import Testing

@Suite struct PartingTests {
  /// All kernels part the rows of two codes as a filter does, and see a missing value wherever it stands.
  @Test(arguments: [0, 1, 8, 9, 63, 1000]) func kernelsAgree(_ rows: Int) {
    var random = SplitMix64(seed: 5)
    for gap in [-1, 0, rows / 2, rows - 1] {
      let values = (0..<rows).map { $0 == gap ? Double.nan : Double($0) }
      let codes = (0..<rows).map { _ in Int32.random(in: -1...3, using: &random) }
      func rowsOf(_ code: Int32) -> [UInt64] {
        (0..<rows).filter { codes[$0] == code }.map { values[$0].bitPattern }
      }
      for level in [CSCAN_PORTABLE, CSCAN_AVX2, CSCAN_AVX512] {
        var first = [Double](repeating: 0, count: rows + 8)
        var second = first
        let parted = cscan_part(values, codes, rows, 2, 0, Int32(level), &first, &second)
        #expect(first.prefix(parted.first).map(\.bitPattern) == rowsOf(2))
        #expect(second.prefix(parted.second).map(\.bitPattern) == rowsOf(0))
        #expect((parted.has_gaps != 0) == (0..<rows).contains(gap))
      }
    }
  }

  /// The codes of the rows with one code are those that a filter finds, and nothing but the next one is written.
  @Test(arguments: [0, 1, 15, 16, 17, 1000]) func kernelsAgreeOnCodes(_ rows: Int) {
    var random = SplitMix64(seed: 7)
    let codes = (0..<rows).map { _ in Int32.random(in: -1...2, using: &random) }
    let values = (0..<rows).map { Int32(10 * $0) }
    let expected = (0..<rows).filter { codes[$0] == 1 }.map { values[$0] }
    for level in [CSCAN_PORTABLE, CSCAN_AVX2, CSCAN_AVX512] {
      var chosen = [Int32](repeating: -7, count: rows + 20)
      let count = cscan_select_codes(values, codes, rows, 1, Int32(level), &chosen)
      #expect(Array(chosen.prefix(count)) == expected)
      #expect(chosen.dropFirst(count + 1).allSatisfy { $0 == -7 })
    }
  }

  /// Fields are parted as a filter does, and an empty or a long one is seen wherever it stands; behind the last of each code
  /// come some more of it.
  @Test(arguments: [0, 1, 15, 16, 17, 1000]) func kernelsAgreeOnFields(_ rows: Int) {
    var random = SplitMix64(seed: 6)
    for (odd, count) in [(-1, 0), (0, 0), (rows / 2, Int(CSCAN_LONG)), (rows - 1, 0)] {
      let codes = (0..<rows).map { _ in Int32.random(in: -1...3, using: &random) }
      let spans = (0..<rows + Int(CSCAN_SPARE)).map { row in
        UInt32(row * 7) | UInt32(row == odd ? count : 1 + row % 254) << 24
      }
      func fieldsOf(_ code: Int32) -> [UInt32] { (0..<rows).filter { codes[$0] == code }.map { spans[$0] } }
      for level in [CSCAN_PORTABLE, CSCAN_AVX2, CSCAN_AVX512] {
        var first = [UInt32](repeating: 0, count: rows + Int(CSCAN_SPARE))
        var second = first
        var given = spans
        let parted = given.withUnsafeMutableBufferPointer { spans in
          var block = cscan_block()
          (block.rows, block.spans, block.stride, block.level) = (rows, spans.baseAddress, spans.count, Int32(level))
          return cscan_part_spans(&block, 0, codes, 2, 0, &first, &second)
        }
        #expect(Array(first.prefix(parted.first)) == fieldsOf(2))
        #expect(Array(second.prefix(parted.second)) == fieldsOf(0))
        #expect((parted.has_gaps != 0) == (0..<rows).contains(odd))
        if let last = fieldsOf(2).last {
          #expect(first[parted.first..<parted.first + Int(CSCAN_SPARE)].allSatisfy { $0 == last })
        }
      }
    }
  }
}
