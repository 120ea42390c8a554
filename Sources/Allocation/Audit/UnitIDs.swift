import Hashing

/// Distinct unit ids in one piece of memory.
public struct UnitIDs: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var seen: Set<UInt64> = []
  /// Ids that came again and were left out.
  public private(set) var duplicates = 0
  public private(set) var nonASCII = 0
  /// Rows without an id, which were left out.
  public private(set) var empty = 0

  public init() {}

  public init(_ ids: some Sequence<String>) {
    for id in ids { Array(id.utf8).withUnsafeBytes { append($0) } }
  }

  public var count: Int { ends.count }

  package subscript(index: Int) -> [UInt8] { Array(bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]) }

  /// Adds an id unless it is empty or there already; ids are told apart by 64 bits of a hash.
  public mutating func append(_ id: UnsafeRawBufferPointer) {
    guard !id.isEmpty else {
      empty += 1
      return
    }
    guard seen.insert(XXH64.hash(id)).inserted else {
      duplicates += 1
      return
    }
    bytes.append(contentsOf: id)
    ends.append(bytes.count)
    if !TextUnits.isASCII(id) { nonASCII += 1 }
  }

  /// Gives the first `limit` ids to `body`, in their order.
  package func forEach(first limit: Int = .max, _ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { all in
      var start = 0
      for end in ends.prefix(limit) {
        body(UnsafeRawBufferPointer(rebasing: all[start..<end]))
        start = end
      }
    }
  }
}
