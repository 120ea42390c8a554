import Foundation
import Statistics

/// Totals of future purchases and value over groups of customers, with intervals.
///
/// Customers of a group with equal history are one cell. The interval has two parts, added as variances: uncertainty of the
/// parameters (delta method, slopes by central differences on the log-parameters) and the customers' own randomness given the
/// parameters (the models' variance of future purchases and of their value).
struct Projector<Model: PurchaseModel> {
  let fit: PurchaseFit<Model>
  let spend: GammaGammaFit?
  let horizons: [Double]
  let discountRate: Double
  let level: ConfidenceLevel
  private let covers: ProjectionRequest.Coverage
  private let history: CustomerHistory
  private let cells: [Cell]
  private let groups: Int

  private struct Cell {
    var group: Int
    var row: Int
    var customers = 0.0
    /// Sum of expected value per purchase, of its square, and of p² times the second inverse moment.
    var value = 0.0
    var valueSquares = 0.0
    var valueSecond = 0.0
    /// Of `value`, in each log-parameter of the spend model.
    var valueSlopes = [0.0, 0.0, 0.0]
    var hasVariance = true

    mutating func add(
      _ customer: PurchaseLog.Customer, _ model: GammaGamma, _ neighbours: [(GammaGamma, GammaGamma)]
    ) {
      guard let moments = SpendModel.moments(model, customer) else {
        hasVariance = false
        return
      }
      value += moments.mean
      valueSquares += moments.mean * moments.mean
      if let square = moments.inverseSquare {
        valueSecond += model.p * model.p * square
      } else {
        hasVariance = false
      }
      for (i, pair) in neighbours.enumerated() {
        guard let ahead = SpendModel.moments(pair.0, customer), let behind = SpendModel.moments(pair.1, customer) else {
          hasVariance = false
          return
        }
        valueSlopes[i] += (ahead.mean - behind.mean) / (2 * Projector.step)
      }
    }
  }

  init(fit: PurchaseFit<Model>, request: ProjectionRequest) throws(DomainError) {
    self.fit = fit
    spend = request.spend
    horizons = request.horizons
    discountRate = request.discountRate
    level = request.level
    covers = request.covers
    groups = request.groups
    history = try CustomerHistory(request.customers.map(\.row))
    cells = Self.cells(history, request.customers, request.groupOfCustomer, request.spend)
  }

  private static func cells(
    _ history: CustomerHistory, _ customers: [PurchaseLog.Customer], _ groups: [Int], _ spend: GammaGammaFit?
  ) -> [Cell] {
    let neighbours = spend.map { spendNeighbours($0.model) } ?? []
    var places: [Int: Int] = [:]
    var cells: [Cell] = []
    for (customer, row) in history.rowOfCustomer.enumerated() {
      let key = groups[customer] * history.rows.count + row
      let place = places[key] ?? cells.count
      if place == cells.count {
        places[key] = place
        cells.append(Cell(group: groups[customer], row: row))
      }
      cells[place].customers += 1
      if let spend { cells[place].add(customers[customer], spend.model, neighbours) }
    }
    return cells
  }

  private static func spendNeighbours(_ model: GammaGamma) -> [(GammaGamma, GammaGamma)] {
    let parameters = [model.p, model.q, model.gamma]
    return parameters.indices.compactMap { i in
      var (ahead, behind) = (parameters, parameters)
      ahead[i] *= exp(step)
      behind[i] *= exp(-step)
      guard let a = try? GammaGamma(p: ahead[0], q: ahead[1], gamma: ahead[2]),
        let b = try? GammaGamma(p: behind[0], q: behind[1], gamma: behind[2])
      else { return nil }
      return (a, b)
    }
  }

  static var step: Double { 1e-4 }

  // MARK: - Totals

  func totals() -> ProjectedTotals {
    let base = Sums(self, fit.model)
    let neighbours = fit.neighbours(step: Self.step).map { (Sums(self, $0.ahead), Sums(self, $0.behind)) }
    let points = (0..<groups).map { group in self.points(base, neighbours, groups: [group]) }
    return ProjectedTotals(groups: points, overall: self.points(base, neighbours, groups: Array(0..<groups)))
  }

  /// Sums over the customers of each group (rows) and horizon (columns) under one model.
  private struct Sums {
    var purchases: [[Double]]
    var purchaseVariance: [[Double]]
    var value: [[Double]]
    var valueVariance: [[Double]]
    /// Slopes in the spend parameters: [parameter][group][horizon].
    var valueSlopes: [[[Double]]]

    init(_ projector: Projector, _ model: Model) {
      let zero = [[Double]](
        repeating: [Double](repeating: 0, count: projector.horizons.count), count: projector.groups)
      (purchases, purchaseVariance, value, valueVariance) = (zero, zero, zero, zero)
      valueSlopes = [zero, zero, zero]
      let future = projector.history.rows.map { model.futurePurchases($0, horizons: projector.horizons) }
      for cell in projector.cells { add(cell, future[cell.row], projector) }
    }

    private mutating func add(_ cell: Cell, _ future: [PurchaseMoments], _ projector: Projector) {
      var (before, discounted, factor) = (0.0, 0.0, 1.0)
      let p = projector.spend?.model.p ?? 0
      for (h, moments) in future.enumerated() {
        factor /= 1 + projector.discountRate
        discounted += (moments.mean - before) * factor
        before = moments.mean
        purchases[cell.group][h] += cell.customers * moments.mean
        purchaseVariance[cell.group][h] += cell.customers * moments.variance
        value[cell.group][h] += discounted * cell.value
        for i in 0..<3 { valueSlopes[i][cell.group][h] += discounted * cell.valueSlopes[i] }
        guard cell.hasVariance else {
          valueVariance[cell.group][h] = .infinity
          continue
        }
        // Var ΣZ = E[Y] p E[1/ν²] + p² (E[Y²] E[1/ν²] - E[Y]² E[1/ν]²); discounting scales the sum.
        let second = moments.variance + moments.mean * moments.mean
        let variance =
          moments.mean * cell.valueSecond / p + second * cell.valueSecond - moments.mean * moments.mean
          * cell.valueSquares
        let scale = moments.mean > 0 ? discounted / moments.mean : 0
        valueVariance[cell.group][h] += projector.spend == nil ? 0 : variance * scale * scale
      }
    }
  }

  private func points(
    _ base: Sums, _ neighbours: [(Sums, Sums)], groups: [Int]
  ) -> [LifetimeValue.Projection.Point] {
    horizons.indices.map { h in
      func total(_ table: [[Double]]) -> Double { groups.reduce(0) { $0 + table[$1][h] } }
      func slopes(_ table: KeyPath<Sums, [[Double]]>) -> [Double] {
        neighbours.map { (total($0.0[keyPath: table]) - total($0.1[keyPath: table])) / (2 * Self.step) }
      }
      let purchases = estimate(
        total(base.purchases), parameterError: fit.standardError(slope: slopes(\.purchases)),
        variance: total(base.purchaseVariance))
      var value: CohortEstimate?
      if let spend {
        let spendSlopes = base.valueSlopes.map(total)
        let spendVariance = spend.logCovariance.map { quadraticForm(spendSlopes, $0) }
        let purchaseError = fit.standardError(slope: slopes(\.value))
        var error: Double?
        if let spendVariance, let purchaseError {
          error = max(0, purchaseError * purchaseError + spendVariance).squareRoot()
        }
        value = estimate(total(base.value), parameterError: error, variance: total(base.valueVariance))
      }
      return LifetimeValue.Projection.Point(period: h + 1, purchases: purchases, value: value)
    }
  }

  private func estimate(_ mean: Double, parameterError: Double?, variance: Double) -> CohortEstimate {
    let variance = covers == .expectation ? 0 : variance
    guard let parameterError, variance.isFinite else { return CohortEstimate(estimate: mean, lower: nil, upper: nil) }
    let half =
      Normal.standard.inverseSurvival(level.alpha / 2)
      * (parameterError * parameterError + max(0, variance)).squareRoot()
    return CohortEstimate(estimate: mean, lower: max(0, mean - half), upper: mean + half)
  }
}
