import Statistics

/// What the walks of a group of cases add up to. Counts only: parts of a log merge exactly, in any order.
struct FlowCounts: Sendable {
  var cases = 0
  var units = 0
  /// By station.
  var visits: [Int]
  var visitedCases: [Int]
  /// Cases with two or more visits.
  var reworkedCases: [Int]
  /// Visits that a jump left, and that a jump came to.
  var jumpedFrom: [Int]
  var jumpedTo: [Int]
  /// Cases that stand here, and that stood here longer than the window.
  var open: [Int]
  var dropped: [Int]
  var ended: [Int]
  /// By arc.
  var passes: [Int]
  var passedCases: [Int]
  /// Sums over units for variances: passes², passes · decided visits of the source; by station decided visits².
  var passesSquared: [Double]
  var passesTimesVisits: [Double]
  var visitsSquared: [Double]
  /// Sums over units of the products of passes of the branch arcs, upper triangle by rows.
  var products: [Double]
  /// Keys of `KaplanMeierQuantiles`: from each event to the next, by station; work from start to complete; whole cases.
  var dwell: [[UInt64]]
  var work: [[UInt64]]
  /// From the event before, by the station that ends it; only for fitting.
  var spent: [[UInt64]]
  var cycle: [UInt64] = []

  init(_ net: ProcessNet, branches: Int) {
    let none = [Int](repeating: 0, count: net.places.count)
    (visits, visitedCases, reworkedCases, jumpedFrom, jumpedTo) = (none, none, none, none, none)
    (open, dropped, ended) = (none, none, none)
    passes = [Int](repeating: 0, count: net.arcs.count)
    passedCases = passes
    passesSquared = [Double](repeating: 0, count: net.arcs.count)
    passesTimesVisits = passesSquared
    visitsSquared = [Double](repeating: 0, count: net.places.count)
    products = [Double](repeating: 0, count: branches * branches)
    dwell = [[UInt64]](repeating: [], count: net.places.count)
    (work, spent) = (dwell, dwell)
  }

  mutating func add(_ other: FlowCounts) {
    func sum<Number: AdditiveArithmetic>(_ a: inout [Number], _ b: [Number]) { for i in a.indices { a[i] += b[i] } }
    cases += other.cases
    units += other.units
    sum(&visits, other.visits)
    sum(&visitedCases, other.visitedCases)
    sum(&reworkedCases, other.reworkedCases)
    sum(&jumpedFrom, other.jumpedFrom)
    sum(&jumpedTo, other.jumpedTo)
    sum(&open, other.open)
    sum(&dropped, other.dropped)
    sum(&ended, other.ended)
    sum(&passes, other.passes)
    sum(&passedCases, other.passedCases)
    sum(&passesSquared, other.passesSquared)
    sum(&passesTimesVisits, other.passesTimesVisits)
    sum(&visitsSquared, other.visitsSquared)
    sum(&products, other.products)
    for station in dwell.indices {
      dwell[station] += other.dwell[station]
      work[station] += other.work[station]
      spent[station] += other.spent[station]
    }
    cycle += other.cycle
  }

  /// Visits whose next step is known: passed on, jumped, ended or dropped.
  func decided(_ station: Int) -> Int { visits[station] - open[station] }
}
