import Basics
import Statistics

extension Measurements {
  /// Segments of a column beyond this many, by units, are put together.
  public static let segmentLimit = 20

  /// What a cell is of.
  public struct CellKey: Hashable, Sendable {
    public let arm: ExactText
    public let segment: Segment?
    public init(arm: String, segment: Segment?) {
      self.arm = ExactText(arm)
      self.segment = segment
    }
  }

  /// Puts the segments beyond the largest of each column together, and all cells in order; once or more often.
  ///
  /// Of clusters that is not possible: one may have rows in several segments. The rare segments are left out then.
  /// - Returns: the columns of which segments were left out.
  public mutating func foldRareSegments(isClustered: Bool) -> [String] {
    let columns = cells.segmentColumns
    let rare = Self.rareSegments(cells.segmentSizes)
    var kept: [Cell] = []
    var rests: [CellKey: Cell] = [:]
    for cell in cells {
      guard let segment = cell.segment, rare.contains(segment) else {
        kept.append(cell)
        continue
      }
      guard !isClustered else { continue }
      let rest = Segment(restOf: segment.column, values: rare.count { $0.column.isExactly(segment.column) })
      let key = CellKey(arm: cell.arm, segment: rest)
      if rests[key] == nil {
        rests[key] = Cell(arm: cell.arm, segment: rest, units: cell.units, metrics: cell.metrics)
      } else {
        rests[key]?.add(cell)
      }
    }
    cells = (kept + rests.values).ordered(columns: columns)
    return isClustered ? columns.filter { column in rare.contains { $0.column.isExactly(column) } } : []
  }

  /// The segments beyond the largest of each column.
  public static func rareSegments(_ sizes: [Segment: Int]) -> Set<Segment> {
    var rare: Set<Segment> = []
    let values = sizes.filter { $0.key.rest == nil }
    for segments in Dictionary(grouping: values, by: { ExactText($0.key.column) }).values
    where segments.count > segmentLimit {
      let largestFirst = segments.sorted { a, b in
        a.value != b.value ? a.value > b.value : a.key.value.precedesExactly(b.key.value)
      }
      rare.formUnion(largestFirst.dropFirst(segmentLimit).lazy.map(\.key))
    }
    return rare
  }
}

extension Measurements.Cell {
  public var key: Measurements.CellKey { Measurements.CellKey(arm: arm, segment: segment) }

  /// Adds other units of the same metrics.
  mutating func add(_ other: Measurements.Cell) {
    units += other.units
    for index in metrics.indices { metrics[index].add(other.metrics[index]) }
  }
}

extension Measurements.MetricData {
  /// Adds other units, cut at the same values.
  mutating func add(_ other: Self) {
    moments.merge(other.moments)
    missing += other.missing
    if let theirs = other.immature { immature = (immature ?? 0) + theirs }
    guard histogram == nil, other.histogram == nil else { return addHistogram(of: other) }
    guard let theirs = other.sortedValues else { return }
    let all = (sortedValues ?? []) + theirs
    guard let clusters = other.clustersOfValues else {
      sortedValues = all.sorted()
      if all.count > Self.exactValues { addHistogram(of: Self(moments: Moments(columns: moments.columns))) }
      return
    }
    // Clusters of other units are others, whatever their numbers: all are numbered anew.
    var numbers: [Int: Int] = [:]
    var next = 0
    func renumbered(_ clusters: [Int]) -> [Int] {
      numbers = [:]
      return clusters.map { cluster in
        if let known = numbers[cluster] { return known }
        numbers[cluster] = next
        next += 1
        return next - 1
      }
    }
    let known = renumbered(clustersOfValues ?? []) + renumbered(clusters)
    let order = all.indices.sorted { all[$0] < all[$1] }
    (sortedValues, clustersOfValues) = (order.map { all[$0] }, order.map { known[$0] })
  }

  /// All values as a histogram, of which one is one already or that are too many.
  private mutating func addHistogram(of other: Self) {
    var all = histogram ?? QuantileHistogram()
    if let theirs = other.histogram { all.merge(theirs) }
    for values in [sortedValues, other.sortedValues] { all.insert(contentsOf: values ?? []) }
    (histogram, sortedValues) = (all, nil)
  }
}

extension [Measurements.Cell] {
  /// The arms of the cells of all units, in the order of these.
  public func arms(isClustered: Bool) -> [Measurements.Arm] {
    filter { $0.segment == nil }.map { cell in
      let clusters = isClustered ? cell.metrics.map(\.moments.count).max() : nil
      return Measurements.Arm(name: cell.arm, units: cell.units, clusters: clusters)
    }
  }

  /// In the order of their first cells.
  var segmentColumns: [String] {
    var seen: Set<ExactText> = []
    return compactMap(\.segment?.column).filter { seen.insert(ExactText($0)).inserted }
  }

  /// Units of each segment, all arms together.
  public var segmentSizes: [Segment: Int] {
    var sizes: [Segment: Int] = [:]
    for cell in self { if let segment = cell.segment { sizes[segment, default: 0] += cell.units } }
    return sizes
  }

  /// All units first; then by segment column, the larger segments first, a rest last, arms by name.
  public func ordered(columns: [String]) -> [Measurements.Cell] {
    let sizes = segmentSizes
    func place(_ segment: Segment) -> Int { columns.firstIndex { $0.isExactly(segment.column) } ?? 0 }
    return sorted { a, b in
      switch (a.segment, b.segment) {
      case (nil, nil): return a.arm.precedesExactly(b.arm)
      case (nil, _): return true
      case (_, nil): return false
      case (let x?, let y?):
        if x == y { return a.arm.precedesExactly(b.arm) }
        if place(x) != place(y) { return place(x) < place(y) }
        if (x.rest == nil) != (y.rest == nil) { return x.rest == nil }
        let (unitsX, unitsY) = (sizes[x] ?? 0, sizes[y] ?? 0)
        return unitsX != unitsY ? unitsX > unitsY : x.value.precedesExactly(y.value)
      }
    }
  }
}
