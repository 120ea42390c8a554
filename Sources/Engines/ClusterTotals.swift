import CScan
import Statistics
import Tables

/// How a cluster's totals are laid out: for each metric its columns, then the number of rows.
struct ClusterLayout {
  let starts: [Int]
  /// Columns of the rows, those of one metric after the other.
  let columns: [Int]
  let widths: [Int]
  let isRatio: [Bool]
  let size: Int

  init(places: [[Int]], isRatio: [Bool]) {
    var starts: [Int] = []
    var next = 0
    for columns in places {
      starts.append(next)
      next += columns.count + 1
    }
    self.starts = starts
    columns = places.flatMap { $0 }
    widths = places.map(\.count)
    self.isRatio = isRatio
    size = next
  }
}

/// Sums by cluster: the analysis of clustered rows is that of ratios of cluster totals. One thread at a time fills it.
final class ClusterTotals: @unchecked Sendable {
  private let layout: ClusterLayout
  /// Where the totals of a cluster are: its code, and behind it their number and one. Open addressing; 0 is free.
  @exclusivity(unchecked) private var table = LargeMemory<UInt64>(1 << 3, 0)
  /// In the order of first appearance, `layout.size` numbers each.
  @exclusivity(unchecked) private var totals = LargeMemory<Double>(1 << 3, 0)
  /// The code of each.
  @exclusivity(unchecked) private(set) var codes: [Int32] = []

  /// Rows whose totals are looked for together: enough for the memory to come, few enough for the cache.
  private static let stride = 32

  init(layout: ClusterLayout) { self.layout = layout }

  /// Adds rows to the totals of their clusters, metric by metric, where none of the metric's numbers is missing.
  ///
  /// - Parameters:
  ///   - clusters: of all rows, by row.
  ///   - used: gets each row and metric that was added, and the row's cluster by its place in `codes`; a row that was not counts as
  ///     missing.
  func add(
    _ values: GrowingColumns<Double>, _ rows: UnsafeBufferPointer<Int32>, _ clusters: (Int) -> Int32,
    missing: inout [Int], used: (_ metric: Int, _ row: Int, _ place: Int32) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Double>.self, capacity: layout.columns.count + 1) { columns in
      for (index, column) in layout.columns.enumerated() {
        columns.initializeElement(at: index, to: UnsafePointer(values[column]))
      }
      for first in Swift.stride(from: 0, to: rows.count, by: Self.stride) {
        let some = UnsafeBufferPointer(rebasing: rows[first..<min(first + Self.stride, rows.count)])
        withPlaces(of: some, columns, clusters) { places in
          for (row, place) in zip(some, places) { add(Int(row), columns, at: place, &missing, used) }
        }
      }
    }
  }

  @inline(__always)
  private func add(
    _ row: Int, _ columns: UnsafeMutableBufferPointer<UnsafePointer<Double>>, at place: Int32, _ missing: inout [Int],
    _ used: (_ metric: Int, _ row: Int, _ place: Int32) -> Void
  ) {
    var (start, column) = (totals.base + Int(place) * layout.size, 0)
    for (metric, width) in layout.widths.enumerated() {
      if (column..<column &+ width).contains(where: { columns[$0][row].isNaN }) {
        missing[metric] += 1
      } else {
        for k in 0..<width { start[k] += columns[column &+ k][row] }
        start[width] += 1
        used(metric, row, place)
      }
      start += width + 1
      column &+= width
    }
  }

  /// Where the totals of some rows' clusters are. Those of a row that lacks a number of every metric are not made; its place is that
  /// of any other.
  private func withPlaces(
    of rows: UnsafeBufferPointer<Int32>, _ columns: UnsafeMutableBufferPointer<UnsafePointer<Double>>,
    _ clusters: (Int) -> Int32, _ body: (UnsafeMutableBufferPointer<Int32>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows.count) { places in
      for (index, row) in rows.enumerated() {
        let code = clusters(Int(row))
        places.initializeElement(at: index, to: code)
        cscan_prefetch(table.base + Self.first(code, table.count))
      }
      for (index, row) in rows.enumerated() {
        let isUsed = hasSomeMetric(Int(row), columns)
        let place = isUsed ? self.place(of: places[index]) : 0
        places[index] = Int32(truncatingIfNeeded: place)
        cscan_prefetch(totals.base + place * layout.size)
      }
      body(places)
    }
  }

  @inline(__always)
  private func hasSomeMetric(_ row: Int, _ columns: UnsafeMutableBufferPointer<UnsafePointer<Double>>) -> Bool {
    var column = 0
    for width in layout.widths {
      if !(column..<column &+ width).contains(where: { columns[$0][row].isNaN }) { return true }
      column &+= width
    }
    return false
  }

  /// Where to look first.
  @inline(__always)
  private static func first(_ code: Int32, _ room: Int) -> Int {
    let mixed = UInt64(UInt32(bitPattern: code)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: ((mixed &>> 32) &* UInt64(truncatingIfNeeded: room)) &>> 32)
  }

  /// Where a code is in a table, or would be.
  @inline(__always)
  private static func slot(_ code: Int32, _ table: LargeMemory<UInt64>) -> Int {
    var index = first(code, table.count)
    while table.base[index] != 0, UInt32(truncatingIfNeeded: table.base[index] &>> 32) != UInt32(bitPattern: code) {
      index = index &+ 1 == table.count ? 0 : index &+ 1
    }
    return index
  }

  @inline(__always)
  private func place(of code: Int32) -> Int {
    let found = table.base[Self.slot(code, table)]
    return found == 0 ? newPlace(of: code) : Int(truncatingIfNeeded: found & 0xFFFF_FFFF) &- 1
  }

  private func newPlace(of code: Int32) -> Int {
    let place = codes.count
    codes.append(code)
    if codes.count * layout.size > totals.count {
      let larger = LargeMemory<Double>(max(2 * totals.count, codes.count * layout.size), 0)
      larger.base.update(from: totals.base, count: place * layout.size)
      totals = larger
    }
    if codes.count * 2 > table.count {
      table = LargeMemory(2 * table.count, 0)
      for (place, code) in codes.enumerated() { put(code, place) }
    } else {
      put(code, place)
    }
    return place
  }

  private func put(_ code: Int32, _ place: Int) {
    table.base[Self.slot(code, table)] = UInt64(UInt32(bitPattern: code)) &<< 32 | UInt64(place + 1)
  }

  /// - Returns: where the other one's clusters are here, by their places there.
  func merge(_ other: ClusterTotals) -> [Int32] {
    other.codes.enumerated().map { theirs, code in
      let place = place(of: code)
      let (to, from) = (place * layout.size, theirs * layout.size)
      for k in 0..<layout.size { totals.base[to + k] += other.totals.base[from + k] }
      return Int32(truncatingIfNeeded: place)
    }
  }

  /// Moments of the totals of clusters that have a row for the metric. Columns: for a mean or proportion [Σ outcome, rows,
  /// Σ covariates…], for a ratio [Σ numerator, Σ denominator, Σ covariates…].
  func moments(metric: Int) -> Moments {
    let (start, width) = (layout.starts[metric], layout.widths[metric])
    let order =
      layout.isRatio[metric] ? Array(0..<width) : [0, width] + (1..<max(width, 1)).map { $0 }
    var columns = [[Double]](repeating: [], count: order.count)
    for place in codes.indices {
      let ours = totals.base + place * layout.size + start
      guard ours[width] > 0 else { continue }
      for (k, column) in order.enumerated() { columns[k].append(ours[column]) }
    }
    return Moments(columns: columns)
  }
}
