import Basics
import Statistics
import TestSupport
import Testing

@Suite struct IntraclassCorrelationTests {
  /// Clusters {1, 3} and {5, 7}: MSB = 16, MSW = 2, m₀ = 2: (16 - 2)/(16 + 2) = 7/9.
  @Test func byHand() throws {
    let estimate = try IntraclassCorrelation(sizes: [2, 2], sums: [4, 12], totalSquares: 9 + 1 + 1 + 9)
    expectClose(estimate.value, 7.0 / 9, relative: 1e-15)
    #expect(estimate.meanSize == 2 && estimate.sizeVariation == 0 && estimate.clusters == 2)
  }

  /// 400 clusters of 4 to 12 units, the cluster's part 0.2 of the variance.
  @Test func simulated() throws {
    var generator = SeededGenerator(seed: 97)
    var (sizes, sums, values) = ([Double](), [Double](), [Double]())
    for cluster in 0..<400 {
      let own = 0.2.squareRoot() * generator.normal()
      let members = (0..<(4 + cluster % 9)).map { _ in 7 + own + 0.8.squareRoot() * generator.normal() }
      sizes.append(Double(members.count))
      sums.append(members.reduce(0, +))
      values += members
    }
    let estimate = try IntraclassCorrelation(
      sizes: sizes, sums: sums, totalSquares: Moments(columns: [values]).crossProduct(0, 0))
    // Standard error about 0.02.
    expectClose(estimate.value, 0.2, relative: 0, absolute: 0.06)
    expectClose(estimate.meanSize, 8, relative: 0.01)
  }

  @Test func refusals() {
    #expect(throws: DomainError.self) { try IntraclassCorrelation(sizes: [5], sums: [1], totalSquares: 1) }
    #expect(throws: DomainError.self) { try IntraclassCorrelation(sizes: [1, 1], sums: [1, 2], totalSquares: 1) }
    #expect(throws: DomainError.self) { try IntraclassCorrelation(sizes: [0, 4], sums: [0, 2], totalSquares: 1) }
  }

  /// Less alike than chance would have them: 0, not a negative correlation.
  @Test func keptInItsRange() throws {
    let estimate = try IntraclassCorrelation(sizes: [2, 2], sums: [4, 4], totalSquares: 10)
    #expect(estimate.value == 0)
    let constant = try IntraclassCorrelation(sizes: [2, 2], sums: [4, 4], totalSquares: 0)
    #expect(constant.value == 0)
  }
}
