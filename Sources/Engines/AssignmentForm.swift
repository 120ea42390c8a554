import Allocation
import Basics
import Foundation

/// How an assignment is written: the header, and what follows the id in a row.
package struct AssignmentForm: Sendable {
  /// What was decided on a row.
  struct Row {
    var arm: Int?
    var assignment: Assignment?
    var reason: AllocationPolicy.Reason?
    var stage: Int?
    var window: Int64?
    var isBurnIn = false
  }

  package let hasProvenance: Bool
  private let hasReason: Bool
  private let hasStage: Bool
  private let hasWindow: Bool
  /// A comma and the arm's name; the last, for those outside, without one.
  package let arms: [[UInt8]]
  /// Scheme and salt, between commas.
  private let origin: [UInt8]

  package init(_ rule: AssignmentStream.Rule, hasProvenance: Bool) {
    self.hasProvenance = hasProvenance
    switch rule {
    case .policy(let policy, let stages):
      (hasReason, hasStage, hasWindow) = (hasProvenance && !policy.isBare, stages != nil, false)
    case .switchback:
      (hasReason, hasStage, hasWindow) = (false, false, true)
    }
    let plan = rule.plan
    arms = (plan.arms.map(\.name) + [""]).map { Array(",\(Self.quoted($0))".utf8) }
    origin = Array(",\(plan.scheme.rawValue),\(Self.quoted(plan.salt)),".utf8)
  }

  package var header: String {
    var columns = ["user_id", "variant"]
    if hasStage { columns.append("stage") }
    if hasWindow { columns += ["window", "burn_in"] }
    if hasReason { columns.append("decided_by") }
    if hasProvenance { columns += ["scheme", "salt", "bucket", "enrolment_bucket"] }
    return columns.joined(separator: ",") + "\n"
  }

  func append(_ row: Row, to rows: RowBuffer) {
    if hasStage { rows.append(Array(",\(row.stage.map(String.init) ?? "")".utf8)) }
    if hasWindow { rows.append(Array(",\(row.window.map(String.init) ?? ""),\(row.isBurnIn)".utf8)) }
    if hasReason { rows.append(Array(",\(row.reason?.rawValue ?? "")".utf8)) }
    if hasProvenance { appendProvenance(row.assignment, to: rows) }
  }

  func appendProvenance(_ assignment: Assignment?, to rows: RowBuffer) {
    rows.append(origin)
    let bucket = assignment.map { String($0.bucket) } ?? ""
    let enrolment = (assignment?.enrolmentBucket).map(String.init) ?? ""
    rows.append(Array("\(bucket),\(enrolment)".utf8))
  }

  package static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\"" + text.replacing(scalar: "\"", with: "\"\"") + "\""
  }
}

/// Bytes that grow at their end. Owned by one chunk; read when the chunk is done.
final class RowBuffer: @unchecked Sendable {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var count = 0

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  @inline(__always)
  func append(_ piece: UnsafeRawBufferPointer) {
    if memory.count &- count < piece.count { grow(for: piece.count) }
    if let from = piece.baseAddress, let to = memory.baseAddress {
      (to + count).copyMemory(from: from, byteCount: piece.count)
    }
    count &+= piece.count
  }

  @inline(__always)
  func append(_ piece: [UInt8]) { piece.withUnsafeBytes { append($0) } }

  @inline(__always)
  func append(_ byte: UInt8) {
    if memory.count == count { grow(for: 1) }
    memory[count] = byte
    count &+= 1
  }

  func removeAll() { count = 0 }

  private func grow(for wanted: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(2 * memory.count, count + wanted), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = larger
  }
}
