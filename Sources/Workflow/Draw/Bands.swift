/// The sizes of the bands of one direction, and so where each begins.
struct Bands {
  /// Room at a channel's edges that no track takes: for labels, arrowheads and air.
  var lead: [Double]
  var trail: [Double]
  /// Of rows and columns: half their size. Of channels: the room of their tracks.
  var core: [Double]
  private(set) var starts: [Double] = []
  private(set) var end = 0.0

  static let trackGap = 12.0

  init(count: Int) {
    lead = [Double](repeating: 0, count: count)
    trail = lead
    core = lead
  }

  /// - Parameter holdsNodes: of each band whether it is a row or a column.
  mutating func place(from origin: Double, holdsNodes: (Int) -> Bool) {
    starts = []
    var next = origin
    for band in core.indices {
      starts.append(next)
      next += holdsNodes(band) ? 2 * core[band] : lead[band] + core[band] + trail[band]
    }
    end = next
  }

  func middle(_ band: Int) -> Double { starts[band] + core[band] }
  func track(_ track: Int, of band: Int) -> Double { starts[band] + lead[band] + Double(track) * Self.trackGap }
}
