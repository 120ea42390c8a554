import Engines
import Experiments
import Foundation
import Statistics
import Tables
import TestSupport
import Testing

@Suite struct QuantileMeasureTests {
  /// Rows of clusters are not independent: the quantile's error is that of the clusters, by the estimator that is held to
  /// references, and files of other units put together have more clusters, whatever their numbers.
  @Test func quantilesOfClusteredRowsHaveTheClustersError() throws {
    var generator = SeededGenerator(seed: 91)
    var text = "variant,cluster,y\n"
    var (values, clusters): ([Double], [Int]) = ([], [])
    for cluster in 0..<60 {
      let (arm, effect) = (cluster % 2 == 0 ? "a" : "b", Double.random(in: 0..<100, using: &generator).rounded())
      for _ in 0..<40 {
        let y = effect + Double.random(in: 0..<10, using: &generator).rounded()
        text += "\(arm),c\(cluster),\(y)\n"
        if arm == "a" { (values, clusters) = (values + [y], clusters + [cluster]) }
      }
    }
    for (chunkBytes, threads) in [(64, 1), (1000, 2), (1 << 20, 1)] {
      let measured = try CSVEngineTests.measure(text, ["q=quantile(y, 0.5)"], chunkBytes: chunkBytes, threads: threads)
      {
        $0.clusterColumn = "cluster"
      }
      let data = try #require(measured.cells.first { $0.arm == "a" }).metrics[0]
      let found = try QuantileEstimate(
        values: data.sortedValues ?? [], clusters: data.clustersOfValues ?? [], probability: 0.5)
      #expect(found == (try QuantileEstimate(values: values, clusters: clusters, probability: 0.5)))
      #expect(found.standardError > 3 * (try QuantileEstimate(sorted: values.sorted(), probability: 0.5)).standardError)
    }
  }

  /// Beyond a number of values of a cell a histogram stands for them, in the same bins for any cut and any threads.
  @Test func manyValuesOfAQuantileBecomeAHistogram() throws {
    let limit = Measurements.MetricData.exactValues
    var text = "variant,y\n"
    for row in 0..<(limit + 1_000) { text += "a,\((row * 7919) % 65_536)\n" }
    for row in 0..<100 { text += "b,\(row)\n" }
    for (chunkBytes, threads) in [(1 << 16, 2), (1 << 20, 1)] {
      let measured = try CSVEngineTests.measure(text, ["q=quantile(y, 0.9)"], chunkBytes: chunkBytes, threads: threads)
      let (a, b) = (measured.cells[0].metrics[0], measured.cells[1].metrics[0])
      #expect(a.sortedValues == nil && a.histogram?.count == limit + 1_000)
      #expect(b.histogram == nil && b.sortedValues?.count == 100)
      // Whole numbers below 131,072 are exact.
      let sorted = (0..<(limit + 1_000)).map { Double(($0 * 7919) % 65_536) }.sorted()
      let histogram = try #require(a.histogram)
      #expect(try QuantileEstimate(histogram, probability: 0.9) == QuantileEstimate(sorted: sorted, probability: 0.9))
    }
  }
}
