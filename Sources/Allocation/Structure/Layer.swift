/// Mutual exclusion: experiments that share a layer get ranges of one draw that do not overlap, so no unit is in two of them.
///
/// The draw is that of `verdict/1` with the purpose `layer`, independent of every experiment's own draws; experiments in
/// different layers are independent of each other.
/// - Source: Tang, D., Agarwal, A., O'Brien, D. & Meyer, M. (2010), "Overlapping experiment infrastructure", KDD.
public struct Layer: Sendable {
  public let name: String
  private let draw: Draw
  /// In millionths, by the order of addition.
  private var slices: [(experiment: String, range: Range<UInt64>)] = []

  /// - Throws: `AllocationFault` if the name is empty.
  public init(_ name: String) throws(AllocationFault) {
    guard !name.isEmpty else { throw AllocationFault(.emptySalt) }
    self.name = name
    draw = .verdict(purpose: "layer", salt: name)
  }

  /// Share of the layer that no experiment has, in millionths.
  public var free: Int { FixedPoint.unit - slices.reduce(0) { $0 + $1.range.count } }

  /// Gives an experiment the range from `lower` to `upper`, shares in [0, 1] with at most 6 decimals.
  ///
  /// - Throws: `AllocationFault` if the range is no range or overlaps with another, or the experiment is there already.
  public mutating func add(_ experiment: String, from lower: String, to upper: String) throws(AllocationFault) {
    guard let from = FixedPoint.millionths(lower), let to = FixedPoint.millionths(upper), from < to,
      to <= FixedPoint.unit
    else { throw AllocationFault(.badRange("\(lower) to \(upper)")) }
    try add(experiment, UInt64(from)..<UInt64(to))
  }

  /// Gives an experiment a share from the first gap that is wide enough.
  ///
  /// - Throws: `AllocationFault` if no gap is.
  public mutating func add(_ experiment: String, share: String) throws(AllocationFault) {
    guard let width = FixedPoint.millionths(share), width > 0, width <= FixedPoint.unit else {
      throw AllocationFault(.badRange(share))
    }
    var start = UInt64(0)
    for taken in slices.map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if taken.lowerBound >= start + UInt64(width) { break }
      start = max(start, taken.upperBound)
    }
    guard start + UInt64(width) <= UInt64(FixedPoint.unit) else {
      throw AllocationFault(.layerFull(layer: name, wanted: FixedPoint.text(width), free: FixedPoint.text(free)))
    }
    try add(experiment, start..<start + UInt64(width))
  }

  private mutating func add(_ experiment: String, _ range: Range<UInt64>) throws(AllocationFault) {
    for slice in slices {
      if slice.experiment == experiment { throw AllocationFault(.twiceInLayer(experiment, layer: name)) }
      if slice.range.overlaps(range) {
        throw AllocationFault(.overlap(first: slice.experiment, second: experiment))
      }
    }
    slices.append((experiment, range))
  }

  /// Takes an experiment out. Its range is free, but its users carry over what they saw: start a new layer for them.
  public mutating func remove(_ experiment: String) { slices.removeAll { $0.experiment == experiment } }

  /// The one experiment of the layer that a unit may be in.
  public func experiment(of id: String) -> String? {
    let value = Array(id.utf8).withUnsafeBytes { draw.value($0) }
    return slices.first { $0.range.contains(value) }?.experiment
  }

  /// An experiment's range; nil if it is not in the layer.
  public func slice(of experiment: String) -> Slice? {
    slices.first { $0.experiment == experiment }.map { Slice(layer: name, draw: draw, range: $0.range) }
  }

  /// The units of a layer that one experiment may have.
  public struct Slice: Sendable {
    public let layer: String
    fileprivate let draw: Draw
    fileprivate let range: Range<UInt64>

    @inline(__always)
    func holds(_ id: UnsafeRawBufferPointer) -> Bool { range.contains(draw.value(id)) }
  }
}
