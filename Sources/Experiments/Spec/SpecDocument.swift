import Basics
import Foundation

/// What every spec has: a version, a kind and a name; and where it stands.
enum SpecDocument {
  static func root(_ yaml: String, file: String) throws(InputFaults) -> SpecNode {
    do throws(SpecFault) {
      let root = try SpecNode(yaml: yaml, file: file)
      if root.isNull { throw SpecFault(kind: .empty, position: SourcePosition(file: file)) }
      return root
    } catch { throw InputFaults([error]) }
  }

  /// The text of a file of at most `SpecNode.byteLimit` bytes.
  static func text(_ path: String) throws(InputFaults) -> String {
    let position = SourcePosition(file: path)
    guard let handle = FileHandle(forReadingAtPath: path) else {
      let reason = FileManager.default.fileExists(atPath: path) ? "no permission" : "there is no such file"
      throw InputFaults([SpecFault(kind: .unreadable(reason: reason), position: position)])
    }
    defer { try? handle.close() }
    let limit = SpecNode.byteLimit
    guard let bytes = try? handle.read(upToCount: limit + 1) ?? Data() else {
      throw InputFaults([SpecFault(kind: .unreadable(reason: "it is a folder, or the disk fails"), position: position)])
    }
    guard bytes.count <= limit else {
      throw InputFaults([SpecFault(kind: .tooLarge(bytes: bytes.count, limit: limit), position: position)])
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputFaults([SpecFault(kind: .notUTF8, position: position)])
    }
    return text
  }

  static func readHead(_ reader: SpecReader, kind: String) {
    reader.require("version", "1")
    if let node = reader.node("version"), node.integer != 1 {
      reader.faults.add(.version(found: node.found), node.position)
    }
    if let node = reader.node("kind"), let found = reader.text("kind"), found != kind {
      reader.faults.add(.badValue("kind", expected: "'\(kind)'", found: "'\(found)'"), node.position)
    }
  }

  /// Names become parts of paths and flag keys, so they are plain.
  static func readName(_ reader: SpecReader) -> String {
    reader.require("name", "a short name of letters, digits, '-', '_' and '.'")
    guard let name = reader.text("name"), let node = reader.node("name") else { return "" }
    let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): index > 0
      default: false
      }
    }
    if !isPlain || name.utf8.count > 64 || node.number != nil || node.bool != nil {
      let expected = "at most 64 letters, digits, '-', '_' and '.', a letter or digit first (numbers in quotes)"
      reader.faults.add(.badValue("name", expected: expected, found: node.found), node.position)
    }
    return name
  }

  /// The part of a path before its last slash; "" for standard input and the current folder.
  static func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "" }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }
}
