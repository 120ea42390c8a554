import Basics
import Foundation
import Testing

@Suite struct AtomicFileTests {
  @Test func replacesAFileAndLeavesNothingElse() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "atomic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "flags.json").path
    try AtomicFile.write(Array("one".utf8), to: path)
    try AtomicFile.write(Array("two, longer".utf8), to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two, longer")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["flags.json"])
  }

  @Test func aMissingFolderIsAFault() {
    do {
      try AtomicFile.write([1], to: "/nowhere/at/all")
      Issue.record("no fault")
    } catch {
      #expect(
        "\(error)"
          == "/nowhere/at/all: cannot be written: No such file or directory. Nothing was changed; free space or choose another place."
      )
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aFullDeviceIsAFaultAndStays() throws {
    #expect(throws: WriteFault.self) { try AtomicFile.write([1], to: "/dev/full") }
    var status = stat()
    try #require(stat("/dev/full", &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func aLinkIsFollowed() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "atomic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (file, link) = (folder.appending(path: "real.json"), folder.appending(path: "link.json"))
    try AtomicFile.write([1], to: file.path)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    try AtomicFile.write([2], to: link.path)
    #expect(try Data(contentsOf: file) == Data([2]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
  }
}
