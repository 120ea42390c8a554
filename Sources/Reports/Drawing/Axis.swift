import Foundation

/// A linear axis with ticks at 1, 2 or 5 times a power of ten.
package struct Axis: Sendable, Hashable {
  package let lower: Double
  package let upper: Double
  package let step: Double
  package let ticks: [Double]

  /// An axis over `values` (those that are finite), widened to whole steps.
  ///
  /// - Returns: nil if there is no finite value, or the range is too large or too small for doubles.
  package init?(covering values: [Double], ticks wanted: Int = 5) {
    let finite = values.filter(\.isFinite)
    guard var low = finite.min(), var high = finite.max() else { return nil }
    if low == high {
      let pad = low == 0 ? 0.01 : abs(low) * 0.1
      low -= pad
      high += pad
    }
    let raw = (high - low) / Double(max(wanted, 1))
    guard raw.isFinite, raw > 1e-300 else { return nil }
    let power = pow(10, log10(raw).rounded(.down))
    let step = ([1, 2, 5].first { $0 * power >= raw * 0.999_999 } ?? 10) * power
    let first = (low / step).rounded(.down)
    let last = (high / step).rounded(.up)
    guard step > 0, first.isFinite, last.isFinite, last > first, last - first < 1000, abs(first) < 1e12,
      abs(last) < 1e12, (first * step).isFinite, (last * step).isFinite
    else { return nil }
    self.step = step
    lower = first * step
    upper = last * step
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// Where `value` lies between the ends: 0 at `lower`, 1 at `upper`; not limited to that range.
  package func fraction(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// Decimals that tell one tick from the next, when shown times `scale`.
  package func decimals(scale: Double = 1) -> Int { max(0, -Int((log10(step * scale) + 1e-9).rounded(.down))) }
}
