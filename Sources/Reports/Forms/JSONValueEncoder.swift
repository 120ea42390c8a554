import Basics

extension JSONValue {
  /// Any `Encodable` value with its members in the order of their declaration, and nil written as null.
  ///
  /// An unsigned integer beyond `Int` becomes a string of its digits, so that none is lost.
  package init(encoding value: some Encodable) throws {
    let box = Box()
    try value.encode(to: ValueEncoder(box: box, codingPath: []))
    self = box.value
  }
}

/// A place in the document that is being built; containers write through it.
private final class Box {
  enum Content {
    case value(JSONValue)
    case object
    case array
  }
  var content = Content.value(.null)
  /// The members or elements; keys are empty in an array.
  private(set) var children: [(key: String, box: Box)] = []

  var value: JSONValue {
    switch content {
    case .value(let value): value
    case .object: .object(JSONObject(children.map { ($0.key, $0.box.value) }))
    case .array: .array(children.map(\.box.value))
    }
  }

  func child(_ key: String = "") -> Box {
    let child = Box()
    children.append((key, child))
    return child
  }

  func put<T: Encodable>(_ value: T, _ path: [any CodingKey]) throws {
    switch value {
    case let value as Bool: content = .value(.bool(value))
    case let value as String: content = .value(.string(value))
    case let value as Double: content = .value(.number(value))
    case let value as Float: content = .value(.number(Double(value)))
    case let value as any BinaryInteger:
      content = .value(Int(exactly: value).map { .integer($0) } ?? .string("\(value)"))
    default: try value.encode(to: ValueEncoder(box: self, codingPath: path))
    }
  }
}

private struct ValueEncoder: Encoder {
  let box: Box
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    box.content = .object
    return KeyedEncodingContainer(Members(box: box, codingPath: codingPath))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    box.content = .array
    return Elements(box: box, codingPath: codingPath)
  }
  func singleValueContainer() -> any SingleValueEncodingContainer { Single(box: box, codingPath: codingPath) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let box: Box
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { box.child(key.stringValue).content = .value(.null) }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try box.child(key.stringValue).put(value, codingPath + [key])
  }

  // Synthesised code asks for these; the defaults would leave a nil member out.
  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try optional(value, key) }

  private func optional(_ value: (some Encodable)?, _ key: Key) throws {
    guard let value else { return encodeNil(forKey: key) }
    try encode(value, forKey: key)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    ValueEncoder(box: box.child(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    ValueEncoder(box: box.child(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { ValueEncoder(box: box.child("super"), codingPath: codingPath) }
  func superEncoder(forKey key: Key) -> any Encoder {
    ValueEncoder(box: box.child(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct Elements: UnkeyedEncodingContainer {
  let box: Box
  let codingPath: [any CodingKey]
  var count: Int { box.children.count }

  func encodeNil() { box.child().content = .value(.null) }
  func encode<T: Encodable>(_ value: T) throws { try box.child().put(value, codingPath) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    ValueEncoder(box: box.child(), codingPath: codingPath).container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    ValueEncoder(box: box.child(), codingPath: codingPath).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { ValueEncoder(box: box.child(), codingPath: codingPath) }
}

private struct Single: SingleValueEncodingContainer {
  let box: Box
  let codingPath: [any CodingKey]
  func encodeNil() { box.content = .value(.null) }
  func encode<T: Encodable>(_ value: T) throws { try box.put(value, codingPath) }
}
