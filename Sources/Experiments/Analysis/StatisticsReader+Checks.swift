import Basics
import LinearAlgebra

/// Whether numbers can be the statistics of any rows. A warehouse's are rounded in other places than ours: what should be
/// equal is so within `tolerance`.
extension StatisticsReader {
  /// Relative to the roots of the two variances.
  private static let tolerance = 1e-9
  /// Of the columns' sizes: what is lost where a mean is large and its column hardly varies.
  private static let rounding = 1e-12

  /// The matrix of cross-products, exactly symmetric.
  func crossProducts(count: Int, mean: [Double]) throws(StatisticsFault) -> [Double] {
    let width = mean.count
    var products = try numbers("crossProducts", width * width)
    let noise = mean.map { abs($0) * (Self.rounding * Double(count)).squareRoot() }
    let scale = try (0..<width).map { i throws(StatisticsFault) in
      guard products[i + i * width] >= -noise[i] * noise[i] else {
        throw member("crossProducts").expected("no negative number on the diagonal, at \(i + i * width)")
      }
      products[i + i * width] = max(0, products[i + i * width])
      return products[i + i * width].squareRoot()
    }
    for j in 0..<width {
      for i in 0..<j {
        let (a, b) = (products[i + j * width], products[j + i * width])
        guard abs(a - b) <= Self.tolerance * scale[i] * scale[j] + noise[i] * noise[j] else {
          throw member("crossProducts").expected(
            "a symmetric matrix, but the numbers at \(j + i * width) and \(i + j * width) differ")
        }
        let middle = a == b ? a : a / 2 + b / 2
        (products[i + j * width], products[j + i * width]) = (middle, middle)
      }
    }
    try requireCovariances(products, zip(scale, noise).map { ($0 * $0 + $1 * $1).squareRoot() })
    return products
  }

  /// No combination of the columns has a negative variance.
  private func requireCovariances(_ products: [Double], _ scale: [Double]) throws(StatisticsFault) {
    let width = scale.count
    guard width > 1 else { return }
    var correlations = Matrix.identity(width)
    for i in 0..<width {
      for j in 0..<width where i != j {
        let product = products[i + j * width]
        correlations[i, j] = product == 0 ? 0 : scale[i] > 0 && scale[j] > 0 ? product / scale[i] / scale[j] : 2
      }
    }
    let least = try? SymmetricEigen(correlations).values.first
    guard let least, least >= -Self.tolerance * Double(width) else {
      throw member("crossProducts").expected(
        "cross-products of columns, but these are larger than the columns' variances allow")
    }
  }

  /// A proportion is a share of its units, or of the rows of its clusters.
  func requireShares(_ metric: Metric, _ isClustered: Bool, count: Int, mean: [Double]) throws(StatisticsFault) {
    guard case .proportion = metric.kind, count > 0 else { return }
    let most = isClustered ? mean[1] : 1
    guard mean[0] >= -Self.tolerance * most, mean[0] <= most * (1 + Self.tolerance) else {
      throw member("mean").expected(
        isClustered ? "no more successes than rows in a cluster" : "a share in [0, 1], for the metric is a proportion")
    }
  }

  /// Where each outcome column is cut. A file that does not say is cut where the metric does, if that is a number.
  func cuts(_ metric: Metric) throws(StatisticsFault) -> [Measurements.Cut] {
    let places: Int = if case .ratio = metric.kind { 2 } else { 1 }
    let (low, high) = (
      try thresholds("floor", places, metric.options.floor), try thresholds("cap", places, metric.options.cap)
    )
    guard (low + high).contains(where: { $0 != nil }) else { return [] }
    return zip(low, high).map { Measurements.Cut(low: $0, high: $1) }
  }

  private func thresholds(_ key: String, _ count: Int, _ wanted: Metric.Cap?) throws(StatisticsFault) -> [Double?] {
    guard let member = optional(key) else {
      let value: Double? = if case .absolute(let value) = wanted { value } else { nil }
      return Array(repeating: value, count: count)
    }
    let values = count == 1 ? [member.value] : member.value.array ?? []
    guard values.count == count, values.allSatisfy({ $0.isNull || $0.double?.isFinite ?? false }) else {
      throw member.expected(count == 1 ? "a number" : "two numbers or null, of the numerator and the denominator")
    }
    return values.map(\.double)
  }

  /// Each cell once, one of all units for each arm, and the same cuts in all.
  func requireWhole(_ cells: [Measurements.Cell], _ metrics: [Metric]) throws(StatisticsFault) {
    var places: [Measurements.CellKey: Int] = [:]
    for (place, cell) in cells.enumerated() {
      if let first = places.updateValue(place, forKey: cell.key) {
        let name = "the arm '\(cell.arm)'" + (cell.segment.map { " in \($0.column) = '\($0.value)'" } ?? "")
        throw StatisticsFault(.cellTwice(path: "cells[\(place)]", first: "cells[\(first)]", name: name), file)
      }
      for index in metrics.indices where cell.metrics[index].cuts != cells[0].metrics[index].cuts {
        throw StatisticsFault(
          .expected("the cap and floor of the first cell", path: "cells[\(place)].metrics[\(index)]"), file)
      }
    }
    for cell in cells where places[Measurements.CellKey(arm: cell.arm, segment: nil)] == nil {
      throw StatisticsFault(.onlySegments(arm: cell.arm), file)
    }
  }
}
