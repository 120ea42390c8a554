import Experiments

/// Where rows become moments. Every engine gives the same numbers to 1e-9.
public protocol Engine: Sendable {
  /// Reads the source once and measures what the request asks for.
  ///
  /// - Throws: an `InputFault` that says what is wrong with the source, and where.
  func measure(_ request: MeasurementRequest) throws -> Measurements
}
