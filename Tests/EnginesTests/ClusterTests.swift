import Engines
import Experiments
import Statistics
import Tables
import TestSupport
import Testing

/// Rows of many clusters, against sums in a dictionary.
@Suite struct ClusterTests {
  private struct Row {
    let cluster, arm, segment: String
    let y, n: Double?
  }

  /// Clusters with short and long names, of which some differ by the last byte; numbers are missing now and then, or all of a row.
  private static func rows(_ count: Int, clusters: Int) -> [Row] {
    var random = SeededGenerator(seed: 23)
    return (0..<count).map { _ in
      let cluster = Int.random(in: 0..<clusters, using: &random)
      let name = cluster % 3 == 0 ? "0b9f6c1e-6a3d-4a53-9d0f-\(cluster)" : "c\(cluster)"
      let missing = Int.random(in: 0..<12, using: &random)
      let segment = ["de", "fr", "é", "united kingdom", "us", ""][Int.random(in: 0..<6, using: &random)]
      return Row(
        cluster: name, arm: cluster % 2 == 0 ? "control" : "treatment", segment: segment,
        y: missing < 2 ? nil : Double(Int.random(in: -500...500, using: &random)) / 4,
        n: missing == 0 || missing == 3 ? nil : Double(Int.random(in: 1...9, using: &random)))
    }
  }

  private static func text(_ rows: [Row]) -> String {
    func cell(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
    return "g,variant,s,y,n\n"
      + rows.map { "\($0.cluster),\($0.arm),\($0.segment),\(cell($0.y)),\(cell($0.n))\n" }.joined()
  }

  /// Totals of the clusters of some rows, in the order of their first row that counts.
  private static func totals(_ rows: [Row], _ numbers: (Row) -> [Double]?) -> Moments {
    var places: [String: Int] = [:]
    var sums: [[Double]] = []
    for row in rows {
      guard let more = numbers(row) else { continue }
      let place = places[row.cluster] ?? sums.count
      if place == sums.count {
        places[row.cluster] = place
        sums.append(more.map { _ in 0 })
      }
      for k in more.indices { sums[place][k] += more[k] }
    }
    return MomentsKernel.reference((0..<2).map { column in sums.map { $0[column] } })
  }

  @Test(arguments: [1, 2, nil], [512, 1 << 14, 1 << 20])
  func areSummedAsInADictionary(threads: Int?, chunkBytes: Int) throws {
    let rows = Self.rows(20_000, clusters: 3000)
    let measured = try CSVEngineTests.measure(
      Self.text(rows), ["m=mean(y)", "r=ratio(y, n)"], chunkBytes: chunkBytes, threads: threads
    ) {
      $0.clusterColumn = "g"
      $0.segmentColumns = ["s"]
    }
    #expect(measured.cells.count == 2 + 2 * 6)
    for cell in measured.cells {
      let ours = rows.filter { $0.arm == cell.arm && (cell.segment == nil || $0.segment == cell.segment?.value) }
      let means = Self.totals(ours) { row in row.y.map { [$0, 1] } }
      let ratios = Self.totals(ours) { row in row.y.flatMap { y in row.n.map { [y, $0] } } }
      for (metric, expected) in [means, ratios].enumerated() {
        let found = cell.metrics[metric].moments
        #expect(found.count == expected.count)
        // Quarters and whole numbers, whose sums are exact; the moments differ by the order of blocks.
        for column in 0..<2 {
          #expect(abs(found.mean[column] - expected.mean[column]) <= 1e-12 * (1 + abs(expected.mean[column])))
          #expect(abs(found.variance(column) - expected.variance(column)) <= 1e-11 * expected.variance(column))
        }
        let missing = ours.count { $0.y == nil || (metric == 1 && $0.n == nil) }
        #expect(cell.metrics[metric].missing == missing)
      }
    }
    #expect(measured.clustersInSeveralArms == 0)
  }

  /// The clusters of a quantile's values are those of the rows, numbered from 0 on in the order of their first one.
  @Test func valuesKeepTheirClusters() throws {
    let rows = Self.rows(3000, clusters: 400).filter { $0.arm == "control" }
    let other = Row(cluster: "x", arm: "treatment", segment: "", y: 1, n: 1)
    let measured = try CSVEngineTests.measure(Self.text(rows + [other]), ["q=quantile(y, 0.5)"], chunkBytes: 2048) {
      $0.clusterColumn = "g"
    }
    let data = try #require(measured.cells.first { $0.arm == "control" }?.metrics[0])
    let (values, clusters) = (try #require(data.sortedValues), try #require(data.clustersOfValues))
    var places: [String: Int] = [:]
    var expected: [Int: [Double]] = [:]
    for row in rows {
      guard let y = row.y else { continue }
      let place = places[row.cluster] ?? places.count
      places[row.cluster] = place
      expected[place, default: []].append(y)
    }
    let found = Dictionary(grouping: zip(clusters, values), by: \.0).mapValues { $0.map(\.1) }
    #expect(found == expected.mapValues { $0.sorted() })
  }

  /// A word has one number in all chunks, and no other word has it.
  @Test(arguments: [1, 3]) func numbersAreOfWords(threads: Int) throws {
    let index = SharedUnitIndex()
    let team = WorkTeam(helpers: threads - 1)
    var known: [String: Int32] = [:]
    for chunk in 0..<40 {
      var interner = Interner()
      // Some of the chunk before, and new ones; short ones and long ones.
      for word in (chunk * 300..<chunk * 300 + 700).map({ $0 % 5 == 0 ? "a cluster with a long name \($0)" : "\($0)" })
      {
        _ = Array(word.utf8).withUnsafeBufferPointer { interner.code(of: $0) }
      }
      var numbers = [Int32](repeating: -1, count: interner.count)
      numbers.withUnsafeMutableBufferPointer { places in
        let start = places.baseAddress!
        index.number([interner], into: { _ in start }, team.run)
      }
      for (code, word) in interner.strings.enumerated() {
        if let before = known[word] { #expect(numbers[code] == before) }
        known[word] = numbers[code]
      }
    }
    #expect(known.count == 39 * 300 + 700 && index.count == known.count)
    #expect(Set(known.values).count == known.count && known.values.allSatisfy { $0 >= 0 })
  }
}
