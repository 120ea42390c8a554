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
}
