import Basics
import Foundation
import Hashing

/// An append-only file of one JSON object a line, each with a checksum that also covers the checksum of the line before.
///
/// A record counts from the moment when its line is in the file, and `append` returns only after `fsync`. A last line that was
/// not written in full is dropped when the file is opened; any other damage is refused with its place.
package final class Journal {
  package private(set) var records: [JournalRecord] = []
  /// What was found on opening, for the user.
  package private(set) var notices: [String] = []
  private let path: String
  private let descriptor: Int32
  private var chain: UInt64 = 0
  private var length = 0
  private var isUsable = true
  /// The system call by which bytes are written; tests put a full disk in its place.
  package var write: (Int32, UnsafeRawPointer, Int) -> Int = { Foundation.write($0, $1, $2) }

  /// The bytes of a journal with only its first record.
  package static func begin(_ record: JournalRecord) -> [UInt8] { encode(record, after: 0).line }

  /// Opens a journal, reads it to its last complete record and drops what is behind.
  package init(path: String) throws(RunFault) {
    self.path = path
    descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .missing(file: path) : .unreadable(file: path, reason: String(cString: strerror(errno)))
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path, reason: "reading failed")
    }
    try read([UInt8](bytes))
  }

  deinit { close(descriptor) }

  // MARK: - Append

  /// Writes a record and waits until it is on disk.
  ///
  /// - Throws: `RunFault.unwritable` if the disk is full or fails; the file is cut back to the last complete record.
  /// - Returns: the record as it reads back, which is what a resumed run will see.
  package func append(_ event: JournalRecord.Event, at time: String) throws(RunFault) -> JournalRecord {
    guard isUsable else { throw .unusable(file: path) }
    let record = JournalRecord(sequence: records.count, time: time, event: event)
    let (line, next) = Self.encode(record, after: chain)
    let recorded = try Self.decode(line.dropLast(), after: chain, path: path, line: records.count + 1, byte: length)
    do throws(RunFault) {
      try writeAll(line)
    } catch {
      // What was half-written would be dropped on opening too; cutting it back only tidies.
      isUsable = ftruncate(descriptor, off_t(length)) == 0 && fsync(descriptor) == 0
      throw error
    }
    records.append(recorded)
    (chain, length) = (next, length + line.count)
    return recorded
  }

  private func writeAll(_ line: [UInt8]) throws(RunFault) {
    var written = 0
    while written < line.count {
      let count = line.withUnsafeBytes { buffer in
        buffer.baseAddress.map { write(descriptor, $0 + written, line.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unwritable(file: path, reason: String(cString: strerror(errno))) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw .unwritable(file: path, reason: String(cString: strerror(errno))) }
  }

  // MARK: - Read

  private func read(_ bytes: [UInt8]) throws(RunFault) {
    var start = 0
    while let newline = bytes[start...].firstIndex(of: 0x0A) {
      try take(bytes[start..<newline])
      start = newline + 1
    }
    length = start
    let tail = bytes[start...]
    guard !tail.isEmpty else { return }
    try settle(tail)
  }

  private func take(_ line: ArraySlice<UInt8>) throws(RunFault) {
    let record = try Self.decode(line, after: chain, path: path, line: records.count + 1, byte: line.startIndex)
    guard record.sequence == records.count else {
      throw .corrupt(
        file: path, line: records.count + 1, byte: line.startIndex,
        reason: "expected record \(records.count), found \(record.sequence)")
    }
    records.append(record)
    chain = Self.checksum(line.dropLast(Self.trailerLength), after: chain)
  }

  /// A last line without its end: all but the end was written, or part of it, or a written end was damaged.
  private func settle(_ tail: ArraySlice<UInt8>) throws(RunFault) {
    if (try? take(tail)) != nil {
      try writeAll([0x0A])
      length += tail.count + 1
      notices.append("\(path): the last record lacked its line end, which was added; nothing is lost.")
      return
    }
    if (try? Self.decode(tail.dropLast(), after: chain, path: path, line: 0, byte: 0)) != nil {
      throw .corrupt(
        file: path, line: records.count + 1, byte: tail.endIndex - 1,
        reason: "a record is followed by a byte not its own")
    }
    guard ftruncate(descriptor, off_t(length)) == 0, fsync(descriptor) == 0 else {
      throw .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
    notices.append(
      "\(path): dropped \(tail.count) bytes of a record that was not written in full; its step is run again.")
  }

  // MARK: - Lines

  /// `,"check":"0123456789abcdef"}`
  private static let trailerLength = 10 + 16 + 2

  private static func encode(_ record: JournalRecord, after chain: UInt64) -> (line: [UInt8], chain: UInt64) {
    let body = Array(JSONValue.object(record.json).text().utf8.dropLast())
    let next = checksum(body[...], after: chain)
    return (body + trailer(next) + [0x0A], next)
  }

  private static func trailer(_ checksum: UInt64) -> [UInt8] {
    let hex = String(checksum, radix: 16)
    return Array(",\"check\":\"\(String(repeating: "0", count: 16 - hex.count))\(hex)\"}".utf8)
  }

  private static func checksum(_ body: ArraySlice<UInt8>, after chain: UInt64) -> UInt64 {
    body.withUnsafeBytes { XXH64.hash($0, seed: chain) }
  }

  private static func decode(
    _ line: ArraySlice<UInt8>, after chain: UInt64, path: String, line number: Int, byte: Int
  ) throws(RunFault) -> JournalRecord {
    func corrupt(_ reason: String) -> RunFault { .corrupt(file: path, line: number, byte: byte, reason: reason) }
    let body = line.dropLast(trailerLength)
    guard line.count > trailerLength, line.suffix(trailerLength).elementsEqual(trailer(checksum(body, after: chain)))
    else { throw corrupt("the checksum does not fit the record and those before it") }
    let json: JSONValue
    do throws(JSONFault) {
      json = try JSONValue(parsing: line)
    } catch {
      throw corrupt(error.sentence)
    }
    guard let record = JournalRecord(json) else { throw corrupt("not a record of \(JournalRecord.schema)") }
    return record
  }
}
