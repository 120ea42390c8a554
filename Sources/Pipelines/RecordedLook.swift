import Basics

/// Looks as they were recorded, in the ledger and in the run's journal: what each of them spent follows from its units.
enum RecordedLook {
  /// Units at the looks before the one of this number, in their order.
  static func units(of looks: [JSONValue], before look: Int) -> [Int] {
    let known = looks.compactMap { entry -> (look: Int, units: Int)? in
      guard let number = entry["look"]?.int, number < look, let units = entry["units"]?.int else { return nil }
      return (number, units)
    }
    return known.sorted { $0.look < $1.look }.map(\.units)
  }
}
