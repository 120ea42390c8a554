import Basics
import CMoments
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct MomentsTests {
  /// Datasets/References/moments.json, through the definition and through blocks of four sizes and as one buffer.
  @Test(arguments: try References.cases("moments"))
  func agrees(_ c: ReferenceCase) throws {
    let columns = try #require(c.input["columns"]?.array).map { try #require($0.array).compactMap(number) }
    check(MomentsKernel.reference(columns), c, "definition")
    for blockRows in [1, 7, 64, 1024] {
      check(Moments(columns: columns, blockRows: blockRows), c, "blocks of \(blockRows)")
    }
    var added = Moments(columns: columns.count)
    let rows = columns[0].count
    columns.flatMap { $0 }.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      added.add(block: base, rows: rows, columnStride: rows)
    }
    check(added, c, "one buffer")
  }

  private func check(_ moments: Moments, _ c: ReferenceCase, _ how: String) {
    #expect(moments.count == c.expected["n"]?.int)
    for i in 0..<moments.columns {
      if let mean = c.expected["mean"]?[i].flatMap(number) {
        expectClose(moments.mean[i], mean, relative: c.tolerance, "\(c), \(how)")
      }
      for j in 0..<moments.columns {
        if let product = c.expected["crossProducts"]?[i]?[j].flatMap(number) {
          expectClose(
            moments.crossProduct(i, j), product, relative: c.tolerance, absolute: c.absoluteTolerance, "\(c), \(how)")
        }
        if let covariance = c.expected["covariance"]?[i]?[j].flatMap(number) {
          expectClose(
            moments.covariance(i, j), covariance, relative: c.tolerance, absolute: c.absoluteTolerance, "\(c), \(how)")
        }
      }
    }
  }

  /// NIST StRD univariate data: 13 digits of the mean and the standard deviation.
  @Test(arguments: try References.cases("univariate-nist"), [1, 7, 64, 1024])
  func univariateNIST(_ c: ReferenceCase, _ blockRows: Int) throws {
    let values = try #require(c.input["values"]?.array).compactMap(number)
    let moments = Moments(columns: [values], blockRows: blockRows)
    let mean = try #require(c.expected["mean"].flatMap(number))
    let deviation = try #require(c.expected["standardDeviation"].flatMap(number))
    expectClose(moments.mean[0], mean, relative: c.tolerance, "\(c)")
    expectClose(moments.variance().squareRoot(), deviation, relative: c.tolerance, "\(c)")
  }

  /// NIST certifies a deviation of 0.1 for the decimals; the doubles nearest to them have another one, by 6e-9 of it for NumAcc4.
  /// Of the doubles all digits are right: differences from the first value are exact, and squares of both signs only add up.
  @Test(arguments: [(1.2, 1.1, 1.3), (1e6 + 0.2, 1e6 + 0.1, 1e6 + 0.3), (1e7 + 0.2, 1e7 + 0.1, 1e7 + 0.3)])
  func univariateNISTOfTheDoubles(first: Double, low: Double, high: Double) {
    let moments = Moments(columns: [[first] + (0..<500).flatMap { _ in [low, high] }])
    let (a, b) = (low - first, high - first)
    let sum = 500 * (a + b)
    let variance = (500 * (a * a + b * b) - sum * sum / 1001) / 1000
    expectClose(moments.mean[0], first + sum / 1001, relative: 1e-15)
    expectClose(moments.variance().squareRoot(), variance.squareRoot(), relative: 1e-14)
  }

  @Test func mergeIsSymmetric() {
    let columns = Self.columns(rows: 3000, count: 4)
    let split = 1234
    let first = Moments(columns: columns.map { Array($0.prefix(split)) })
    let second = Moments(columns: columns.map { Array($0.dropFirst(split)) })
    var (forward, backward) = (first, second)
    forward.merge(second)
    backward.merge(first)
    let whole = MomentsKernel.reference(columns)
    for i in 0..<4 {
      expectClose(forward.mean[i], backward.mean[i], relative: 1e-15)
      expectClose(forward.mean[i], whole.mean[i], relative: 1e-15)
      for j in 0..<4 {
        let size = (whole.crossProduct(i, i) * whole.crossProduct(j, j)).squareRoot()
        expectClose(forward.crossProduct(i, j), backward.crossProduct(i, j), relative: 1e-15, absolute: 1e-15 * size)
        expectClose(forward.crossProduct(i, j), whole.crossProduct(i, j), relative: 0, absolute: 1e-13 * size)
      }
    }
  }

  /// Both sides of the choice between plain loops and `dsyrk` give the definition's numbers.
  @Test(arguments: [1, 3, 5, 6, 17]) func everyWidth(_ count: Int) {
    let columns = Self.columns(rows: 2500, count: count)
    let (fast, definition) = (Moments(columns: columns), MomentsKernel.reference(columns))
    for i in 0..<count {
      for j in 0..<count {
        let size = (definition.crossProduct(i, i) * definition.crossProduct(j, j)).squareRoot()
        expectClose(fast.crossProduct(i, j), definition.crossProduct(i, j), relative: 0, absolute: 1e-13 * size)
        #expect(fast.crossProduct(i, j) == fast.crossProduct(j, i))
      }
    }
  }

  /// To the last bit, whatever the processor has and however many rows are left behind the last eight.
  @Test(arguments: 1...5) func everyProcessorGivesTheSameBits(_ k: Int) {
    let columns = Self.columns(rows: 1037, count: k)
    for rows in [1, 2, 7, 8, 9, 63, 64, 1000, 1037] {
      var (fast, portable) = ([Double](repeating: 0, count: k * (k + 2)), [Double](repeating: 0, count: k * (k + 2)))
      columns.flatMap { $0 }.withUnsafeBufferPointer { flat in
        let pointers = (0..<k).map { UnsafePointer<Double>?(flat.baseAddress! + $0 * 1037) }
        pointers.withUnsafeBufferPointer { pointers in
          fast.withUnsafeMutableBufferPointer {
            let base = $0.baseAddress!
            cmoments_block(pointers.baseAddress, rows, k, base, base + k, base + 2 * k)
          }
          portable.withUnsafeMutableBufferPointer {
            let base = $0.baseAddress!
            cmoments_block_portable(pointers.baseAddress, rows, k, base, base + k, base + 2 * k)
          }
        }
      }
      #expect(fast.map(\.bitPattern) == portable.map(\.bitPattern), "\(rows) rows")
    }
  }

  /// A constant has no variance, whatever its size and however its mean is rounded.
  @Test(arguments: [0.1, 1.0 / 3, 1e7 + 0.3, -123456.789]) func constantsHaveNone(_ value: Double) {
    for rows in [2, 3, 1000, 1023, 5000] {
      #expect(Moments(columns: [[Double](repeating: value, count: rows)]).variance() == 0, "\(rows) rows")
    }
  }

  /// 1, 2, 3, 4: mean 5/2, Σ(x - mean)² = 5, s² = 5/3, s²/n = 5/12.
  @Test func byHand() {
    let moments = Moments(columns: [[1, 2, 3, 4]])
    #expect(moments.mean == [2.5])
    #expect(moments.crossProducts == [5])
    expectClose(moments.meanVariance(), 5.0 / 12, relative: 1e-15)
    expectClose(moments.standardError(), (5.0 / 12).squareRoot(), relative: 1e-15)
    #expect(Moments(columns: [[1]]).variance().isNaN)
    #expect(Moments(columns: [[]]).count == 0)
  }

  @Test func selectingReordersColumns() {
    let moments = Moments(columns: Self.columns(rows: 50, count: 3))
    let chosen = moments.selecting([2, 0])
    #expect(chosen.mean == [moments.mean[2], moments.mean[0]])
    #expect(chosen.crossProduct(0, 1) == moments.crossProduct(2, 0))
  }

  /// Deterministic values of different offsets and correlations; no source needed, both sides are computed here.
  private static func columns(rows: Int, count: Int) -> [[Double]] {
    (0..<count).map { (j: Int) -> [Double] in
      (0..<rows).map { (i: Int) -> Double in
        let wave = sin(Double(i * (j + 3)) * 0.37)
        return 100 * Double(j) + wave + Double(i % (j + 5))
      }
    }
  }
}

extension MomentsTests {
  /// Squares beyond the doubles leave no variance, and never one of 0.
  @Test func whatOverflowsIsNoZero() {
    let moments = Moments(columns: [[0, 1e200, -1e200, 1e170]])
    #expect(!(moments.variance() <= 0))
  }
}
