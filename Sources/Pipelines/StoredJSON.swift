import Basics
import Foundation
import Hashing

/// Values that a step leaves in a file, with the hash that the journal keeps of them.
enum StoredJSON {
  /// `sha256:hex`
  static func hash(_ bytes: [UInt8]) -> String { "sha256:" + SHA256.hex(of: bytes) }

  /// - Returns: `sha256:hex` of the bytes written.
  static func write(_ value: some Encodable, as name: String, in folder: RunFolder) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(value))
    try writeOutput(String(decoding: bytes, as: UTF8.self), to: folder.file(name))
    return hash(bytes)
  }

  /// - Parameters: `name` and `hash` as the journal holds them.
  /// - Throws: `PipelineFault` if the file is gone, was changed, or does not decode.
  static func read<Value: Decodable>(
    _ type: Value.Type, _ name: JSONValue?, hash: JSONValue?, in folder: RunFolder
  ) throws -> Value {
    let path = folder.file(name?.string ?? "")
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PipelineFault(.unreadable(reason: "the file is missing"), file: path)
    }
    guard Self.hash([UInt8](data)) == hash?.string else {
      throw PipelineFault(.damagedOutput(reason: "its hash differs from the journal's"), file: path)
    }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw PipelineFault(.damagedOutput(reason: "it does not decode"), file: path)
    }
  }
}

extension JSONValue {
  /// An `Encodable` value as JSON, keys sorted.
  static func encoding(_ value: some Encodable) throws -> JSONValue {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return try JSONValue(parsing: try encoder.encode(value))
  }
}
