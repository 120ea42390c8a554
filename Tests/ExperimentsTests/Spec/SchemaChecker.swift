import Basics
import Foundation

/// The part of JSON Schema 2020-12 that our schemas use; an unknown keyword is an error, so that none is passed over.
struct SchemaChecker {
  enum Fault: Error { case unknownKeyword(String) }
  private let root: JSONValue
  private static let annotations: Set = ["$schema", "$id", "$defs", "title", "description", "default"]

  init(_ text: String) throws {
    root = try JSONValue(parsing: text)
    try Self.requireKnown(root)
    for definition in root["$defs"]?.object?.members ?? [] { try Self.requireKnown(definition.value) }
  }

  private static let known: Set = [
    "$ref", "type", "const", "enum", "oneOf", "properties", "required", "additionalProperties", "items", "minItems",
    "maxItems", "uniqueItems", "minProperties", "minLength", "maxLength", "pattern", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "dependentRequired",
  ]

  private static func requireKnown(_ schema: JSONValue) throws {
    for member in schema.object?.members ?? [] {
      guard known.contains(member.key) || annotations.contains(member.key) else {
        throw Fault.unknownKeyword(member.key)
      }
      switch member.key {
      case "properties": for property in member.value.object?.members ?? [] { try requireKnown(property.value) }
      case "items", "additionalProperties": try requireKnown(member.value)
      case "oneOf": for one in member.value.array ?? [] { try requireKnown(one) }
      default: break
      }
    }
  }

  func accepts(_ value: JSONValue) -> Bool { accepts(value, root) }

  private func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    if let always = schema.bool { return always }
    return (schema.object?.members ?? []).allSatisfy { accepts(value, $0.key, $0.value, schema) }
  }

  private func accepts(_ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONValue) -> Bool {
    switch keyword {
    case "$ref":
      let name = rule.string?.split(separator: "/").last.map(String.init) ?? ""
      return root["$defs"]?[name].map { accepts(value, $0) } ?? false
    case "type":
      let types = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
      return types.contains { isA(value, $0) }
    case "const": return same(value, rule)
    case "enum": return (rule.array ?? []).contains { same(value, $0) }
    case "oneOf": return (rule.array ?? []).count { accepts(value, $0) } == 1
    case "properties":
      return (value.object?.members ?? []).allSatisfy { member in
        rule[member.key].map { accepts(member.value, $0) } ?? true
      }
    case "additionalProperties":
      return (value.object?.members ?? []).allSatisfy {
        schema["properties"]?[$0.key] != nil || accepts($0.value, rule)
      }
    case "required":
      guard let object = value.object else { return true }
      return (rule.array ?? []).allSatisfy { object[$0.string ?? ""] != nil }
    case "dependentRequired":
      guard let object = value.object else { return true }
      return (rule.object?.members ?? []).allSatisfy { key, needs in
        object[key] == nil || (needs.array ?? []).allSatisfy { object[$0.string ?? ""] != nil }
      }
    case "items": return (value.array ?? []).allSatisfy { accepts($0, rule) }
    case "minItems": return value.array.map { $0.count >= rule.int ?? 0 } ?? true
    case "maxItems": return value.array.map { $0.count <= rule.int ?? 0 } ?? true
    case "uniqueItems": return value.array.map { Set($0).count == $0.count } ?? true
    case "minProperties": return value.object.map { $0.members.count >= rule.int ?? 0 } ?? true
    case "minLength": return value.string.map { $0.unicodeScalars.count >= rule.int ?? 0 } ?? true
    case "maxLength": return value.string.map { $0.unicodeScalars.count <= rule.int ?? 0 } ?? true
    case "pattern":
      return value.string.map { $0.range(of: rule.string ?? "", options: .regularExpression) != nil } ?? true
    case "minimum": return value.double.map { $0 >= rule.double ?? 0 } ?? true
    case "maximum": return value.double.map { $0 <= rule.double ?? 0 } ?? true
    case "exclusiveMinimum": return value.double.map { $0 > rule.double ?? 0 } ?? true
    case "exclusiveMaximum": return value.double.map { $0 < rule.double ?? 0 } ?? true
    default: return true
    }
  }

  private func isA(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "boolean": value.bool != nil
    case "number": value.double != nil
    case "integer": value.int != nil
    case "null": value.isNull
    default: false
    }
  }

  private func same(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let x = a.double, let y = b.double { return x == y }
    return a == b
  }
}

/// A step from a JSON value to one inside it.
enum JSONStep: Hashable, CustomStringConvertible {
  case key(String)
  case index(Int)
  var description: String {
    switch self {
    case .key(let key): key
    case .index(let index): "\(index)"
    }
  }
}

extension JSONValue {
  /// Every place of the document, the root first.
  var paths: [[JSONStep]] {
    let inner: [[JSONStep]]
    switch self {
    case .object(let object): inner = object.members.flatMap { key, value in value.paths.map { [.key(key)] + $0 } }
    case .array(let elements):
      inner = elements.enumerated().flatMap { index, value in value.paths.map { [.index(index)] + $0 } }
    default: inner = []
    }
    return [[]] + inner
  }

  func at(_ path: [JSONStep]) -> JSONValue? {
    path.reduce(self) { value, step in
      switch step {
      case .key(let key): value?[key]
      case .index(let index): value?[index]
      }
    }
  }

  func replacing(_ path: [JSONStep], by value: JSONValue?) -> JSONValue {
    guard let step = path.first else { return value ?? .null }
    let rest = Array(path.dropFirst())
    switch (self, step) {
    case (.object(var object), .key(let key)):
      object[key] = rest.isEmpty ? value : (object[key] ?? .null).replacing(rest, by: value)
      return .object(object)
    case (.array(var elements), .index(let index)):
      if rest.isEmpty, value == nil {
        elements.remove(at: index)
      } else {
        elements[index] = elements[index].replacing(rest, by: value)
      }
      return .array(elements)
    default: return self
    }
  }

  func removing(_ path: [JSONStep]) -> JSONValue { replacing(path, by: nil) }
}
