import Foundation
import Tables
import TestSupport
import Testing

/// Text that comes as a stream lies in memory or in a file without a name; the rows are the same.
@Suite struct TextSpoolTests {
  static let text = "u,x\n" + (0..<30_000).map { "unit-\($0),\($0 % 97).5\n" }.joined()

  static func rows(_ path: String, memoryBytes: Int?) throws -> [[String]] {
    var options = TableOptions()
    options.memoryBytes = memoryBytes
    let source = try TableSource([path], options: options)
    return try source.scan(source.columns) { _ in Rows() }.consumers.flatMap(\.rows)
  }

  /// Through a named pipe, as a program's output comes.
  @Test(arguments: [nil, 100_000]) func pipes(_ memoryBytes: Int?) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "spool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let pipe = folder.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = Thread {
      let descriptor = open(pipe, O_WRONLY)
      let bytes = Array(Self.text.utf8)
      var done = 0
      while done < bytes.count {
        let written = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, min($0.count, 5_000)) }
        guard written > 0 else { break }
        done += written
      }
      close(descriptor)
    }
    writer.start()
    let rows = try Self.rows(pipe, memoryBytes: memoryBytes)
    #expect(rows.count == 30_000 && rows.last == ["unit-29999", "26.5"])
  }

  @Test func devicesAreRefused() {
    #expect(throws: TableFault.self) { try TableFile("/dev/zero") }
    do throws(TableFault) {
      _ = try TableFile("/dev/full")
    } catch {
      #expect("\(error)" == "/dev/full: is a device; a table is expected, a file or a pipe.")
    }
  }
}
