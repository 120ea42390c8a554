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

  /// All of several files or none: a later one that cannot be written, or what stands beside them, keeps the first away.
  @Test func severalFilesAreOne() throws {
    struct Refusal: Error {}
    let folder = FileManager.default.temporaryDirectory.appending(path: "atomic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (a, b) = (folder.appending(path: "a").path, folder.appending(path: "b").path)
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    try AtomicFile.write([1], to: a)
    #expect(throws: WriteFault.self) {
      try AtomicFile.write([(path: a, bytes: [2]), (path: folder.path + "/none/b", bytes: [2])])
    }
    #expect(throws: WriteFault.self) { try AtomicFile.write([(path: a, bytes: [2]), (path: "/dev/full", bytes: [2])]) }
    #expect(throws: Refusal.self) {
      try AtomicFile.write([(path: a, bytes: [2]), (path: b, bytes: [2])]) { throw Refusal() }
    }
    #expect(try names() == ["a"])
    #expect(FileManager.default.contents(atPath: a) == Data([1]))
    try AtomicFile.write([(path: a, bytes: [3]), (path: b, bytes: [4])])
    #expect(try names() == ["a", "b"])
    #expect(FileManager.default.contents(atPath: a) == Data([3]))
  }

  @Test func sameFileByAnyName() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "same-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let names = ["real", "soft", "hard", "other"].map { folder.appending(path: $0).path }
    try AtomicFile.write([1], to: names[0])
    try AtomicFile.write([1], to: names[3])
    try FileManager.default.createSymbolicLink(atPath: names[1], withDestinationPath: names[0])
    try FileManager.default.linkItem(atPath: names[0], toPath: names[2])
    for name in names[..<3] { #expect(SameFile.first(of: [names[3], names[0]], at: name) == names[0]) }
    #expect(SameFile.first(of: Array(names[..<3]), at: names[3]) == nil)
    #expect(SameFile.first(of: names, at: folder.path + "/nothing") == nil)
    // A device is written to, not over.
    #expect(SameFile.first(of: ["/dev/null"], at: "/dev/null") == nil)
  }
}
