import Foundation
import Statistics

/// A process model in flat arrays, for the inner loop: one station is one cache line, nothing is counted or copied.
struct WalkTable: Sendable {
  enum Kind: UInt8 { case none, exponential, lognormal, uniform, weibull, empirical }
  struct Station {
    var kind: Kind
    var isSplit: Bool
    var firstArc: Int32
    var arcCount: Int32
    var fixed: Double
    var a: Double
    var b: Double
    var cost: Double
    /// Whether a block of random words is needed here.
    var draws: Bool { kind != .none || arcCount > 1 }
  }
  struct Arc {
    /// The probability of this arc or one before it.
    var cumulative: Double
    var target: Int32
    /// Index in the net.
    var index: Int32
  }
  private(set) var stations: [Station] = []
  private(set) var arcs: [Arc] = []
  private(set) var values: [Double] = []

  init(_ model: ProcessModel) {
    for station in model.net.places.indices {
      let (kind, a, b) = law(model.times[station])
      stations.append(
        Station(
          kind: kind, isSplit: model.splits[station] != nil, firstArc: Int32(arcs.count),
          arcCount: Int32(model.net.outgoing[station].count), fixed: model.times[station].fixed, a: a, b: b,
          cost: model.costs[station]))
      var sum = 0.0
      for index in model.net.outgoing[station] {
        sum += model.probabilities[index]
        arcs.append(Arc(cumulative: sum, target: Int32(model.net.arcs[index].target), index: Int32(index)))
      }
      // The last branch that is taken at all takes what rounding leaves.
      if let last = model.net.outgoing[station].lastIndex(where: { model.probabilities[$0] > 0 }) {
        for later in arcs.count - model.net.outgoing[station].count + last..<arcs.count { arcs[later].cumulative = 1 }
      }
    }
    // Never read; an empty array has no address.
    values.append(0)
  }

  private mutating func law(_ time: StationTime) -> (Kind, Double, Double) {
    switch time.law {
    case .none: return (.none, 0, 0)
    case .exponential(let mean): return (.exponential, mean, 0)
    case .lognormal(let logMedian, let sigma): return (.lognormal, logMedian, sigma)
    case .uniform(let low, let width): return (.uniform, low, width)
    case .weibull(let scale, let inverse): return (.weibull, scale, inverse)
    case .empirical(let list):
      defer { values += list }
      return (.empirical, Double(values.count), Double(list.count))
    }
  }

  /// The arrays in place.
  struct View {
    let stations: UnsafePointer<Station>
    let arcs: UnsafePointer<Arc>
    let values: UnsafePointer<Double>

    /// Seconds at a station, from words 2 and 3 of its block.
    @inline(__always)
    func time(_ station: Station, _ block: SIMD4<UInt32>) -> Double {
      guard station.kind != .none else { return station.fixed }
      let u = Philox4x32.openUniform(block.z, block.w)
      switch station.kind {
      case .none: return station.fixed
      case .exponential: return station.fixed - station.a * log(u)
      case .lognormal: return station.fixed + exp(station.a + station.b * NormalQuantile.of(u))
      case .uniform: return station.fixed + station.a + station.b * u
      case .weibull: return station.fixed + station.a * pow(-log(u), station.b)
      case .empirical: return station.fixed + values[Int(station.a) + min(Int(u * station.b), Int(station.b) - 1)]
      }
    }

    /// The arc taken, from words 0 and 1.
    @inline(__always)
    func arc(_ station: Station, _ block: SIMD4<UInt32>) -> Arc {
      var arc = arcs + Int(station.firstArc)
      guard station.arcCount > 1 else { return arc.pointee }
      let u = Philox4x32.uniform(block.x, block.y)
      let last = arc + Int(station.arcCount - 1)
      while arc < last, u >= arc.pointee.cumulative { arc += 1 }
      return arc.pointee
    }
  }

  func withView<Result>(_ body: (View) throws -> Result) rethrows -> Result {
    try stations.withUnsafeBufferPointer { stations in
      try arcs.withUnsafeBufferPointer { arcs in
        try values.withUnsafeBufferPointer { values in
          // A sound model has a station and an arc.
          try body(
            View(stations: stations.baseAddress!, arcs: arcs.baseAddress!, values: values.baseAddress!))
        }
      }
    }
  }
}

/// What a random block is for; the counter's last word.
enum DrawStream: UInt32 {
  case walk = 0
  case arrival = 1
}
