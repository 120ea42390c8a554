import Basics
import Foundation

/// Memory that work will need, held against what there is before it starts.
package enum MemoryNeed {
  /// - Parameters:
  ///   - bytes: an estimate.
  ///   - purpose: what grows: "2,000,000 units".
  /// - Throws: `MemoryFault` if the options, or the system, allow less.
  package static func require(_ bytes: Double, for purpose: String, _ options: TableOptions) throws(MemoryFault) {
    if let fault = MemoryBound(options).fault(bytes, for: purpose, .parts) { throw fault }
  }

  /// What the system could give without swapping, and what a control group leaves; nil where it does not say.
  static var systemBytes: Int? {
    func number(_ text: Substring) -> Int? { Int(text.filter(\.isNumber)) }
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let free = lines.first { $0.hasPrefix("MemAvailable:") }.flatMap { number($0) }.map { $0 * 1024 }
    func group(_ name: String) -> Int? {
      (try? String(contentsOfFile: "/sys/fs/cgroup/\(name)", encoding: .utf8)).flatMap { number($0[...]) }
    }
    guard let limit = group("memory.max"), let used = group("memory.current") else { return free }
    return min(free ?? .max, max(0, limit - used))
  }
}

/// What is free, for memory that will grow with what the rows hold.
package struct MemoryBound: Sendable {
  /// Bytes; nil where nothing says.
  private let available: Int?

  /// Until so much of it is taken nothing is foreseen: the first rows may be alike for another reason.
  private static let foreseenFrom = 0.125

  package init(_ options: TableOptions) { available = options.memoryBytes ?? MemoryNeed.systemBytes }

  /// - Parameter bytes: an estimate of all that will be needed.
  /// - Returns: what to say if it is too much.
  package func fault(
    _ bytes: Double, for purpose: @autoclosure () -> String, _ advice: MemoryFault.Advice
  ) -> MemoryFault? {
    guard let available, bytes > Double(available) else { return nil }
    return MemoryFault(needed: bytes, available: available, purpose: purpose(), advice: advice)
  }

  /// - Parameters:
  ///   - found: bytes of what the rows so far have.
  ///   - foreseen: bytes that all rows will need by that.
  package func fault(
    found: Double, foreseen: Double, for purpose: @autoclosure () -> String, _ advice: MemoryFault.Advice
  ) -> MemoryFault? {
    guard let available, found > Self.foreseenFrom * Double(available) else { return nil }
    return fault(foreseen, for: purpose(), advice)
  }

  /// How many different values some rows have, of the number that the first of them have, if all values are as frequent: of u
  /// values n rows have u (1 - e^(-n/u)). Of values that are not, there are fewer at first and it is an estimate from below.
  package static func values(_ found: Int, in rows: Int, of allRows: Int) -> Double {
    guard rows > 0 else { return 0 }
    let (found, rows, allRows) = (Double(found), Double(rows), Double(max(rows, allRows)))
    guard found < rows else { return allRows }
    func expected(_ values: Double, _ rows: Double) -> Double { -values * expm1(-rows / values) }
    var (low, high) = (max(1, found), max(1, found) * 1e9)
    for _ in 0..<100 {
      let middle = (low * high).squareRoot()
      if expected(middle, rows) < found { low = middle } else { high = middle }
    }
    return expected(high, allRows)
  }
}

/// More memory is needed than there is.
public struct MemoryFault: InputFault, Hashable {
  package enum Advice: Sendable, Hashable {
    case parts
    case fewerSegments
    case fewerDistinct
    case clustersInParts
  }
  let needed: Double
  let available: Int
  let purpose: String
  let advice: Advice
  public var position: SourcePosition? { nil }

  public var sentence: String {
    "\(purpose) need about \(Self.words(needed)) of memory (\(String(format: "%.0f", needed)) bytes); "
      + "\(Self.words(Double(available))) are free. \(whatToDo), or allow more with --memory."
  }

  private var whatToDo: String {
    switch advice {
    case .parts: "Read fewer rows at a time, analyse in parts and put their statistics together"
    case .fewerSegments: "A segment is a group of many units: take a column with fewer values"
    case .clustersInParts: "Analyse parts that have all rows of their clusters, and put their statistics together"
    case .fewerDistinct: "Count them with fewer events (where:, window:)"
    }
  }

  private static func words(_ bytes: Double) -> String {
    switch bytes {
    case ..<1e6: String(format: "%.0f kB", bytes / 1e3)
    case ..<1e9: String(format: "%.0f MB", bytes / 1e6)
    default: String(format: "%.1f GB", bytes / 1e9)
    }
  }
}
