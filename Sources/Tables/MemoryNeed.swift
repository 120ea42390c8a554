import Basics
import Foundation

/// Memory that work will need, held against what there is before it starts.
package enum MemoryNeed {
  /// - Parameters:
  ///   - bytes: an estimate.
  ///   - purpose: what grows: "2,000,000 units".
  /// - Throws: `MemoryFault` if the options, or the system, allow less.
  package static func require(_ bytes: Double, for purpose: String, _ options: TableOptions) throws(MemoryFault) {
    guard let available = options.memoryBytes ?? systemBytes, bytes > Double(available) else { return }
    throw MemoryFault(needed: bytes, available: available, purpose: purpose)
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

/// More memory is needed than there is.
public struct MemoryFault: InputFault, Hashable {
  let needed: Double
  let available: Int
  let purpose: String
  public var position: SourcePosition? { nil }

  public var sentence: String {
    "\(purpose) need about \(Self.words(needed)) of memory (\(String(format: "%.0f", needed)) bytes); "
      + "\(Self.words(Double(available))) are free. Read fewer rows at a time, analyse in parts and put their statistics "
      + "together, or allow more with --memory."
  }

  private static func words(_ bytes: Double) -> String {
    switch bytes {
    case ..<1e6: String(format: "%.0f kB", bytes / 1e3)
    case ..<1e9: String(format: "%.0f MB", bytes / 1e6)
    default: String(format: "%.1f GB", bytes / 1e9)
    }
  }
}
