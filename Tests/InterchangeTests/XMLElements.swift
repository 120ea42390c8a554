/// The elements of an XML text as our writer makes it: one pass with a stack, nil where a tag is left open or crossed.
struct XMLElements {
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
    let parent: Int?
  }
  private(set) var list: [Element] = []

  init?(_ xml: String) {
    var open: [Int] = []
    var rest = xml[...]
    guard rest.hasPrefix("<?xml "), let end = rest.firstRange(of: "?>") else { return nil }
    rest = rest[end.upperBound...]
    while let start = rest.firstIndex(of: "<") {
      if let current = open.last { list[current].text += rest[..<start] }
      guard let end = rest[start...].firstIndex(of: ">") else { return nil }
      var tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard let current = open.popLast(), list[current].name == tag.dropFirst() else { return nil }
        continue
      }
      let isEmpty = tag.hasSuffix("/")
      if isEmpty { tag = tag.dropLast() }
      let name = tag.prefix { $0 != " " }
      guard !name.isEmpty, let attributes = Self.attributes(tag.dropFirst(name.count)) else { return nil }
      list.append(Element(name: String(name), attributes: attributes, parent: open.last))
      if !isEmpty { open.append(list.count - 1) }
    }
    guard open.isEmpty, rest.allSatisfy(\.isWhitespace) else { return nil }
  }

  private static func attributes(_ text: Substring) -> [String: String]? {
    var attributes: [String: String] = [:]
    var rest = text.drop { $0 == " " }
    while !rest.isEmpty {
      guard let equals = rest.firstRange(of: "=\"") else { return nil }
      let value = rest[equals.upperBound...].prefix { $0 != "\"" }
      guard value.endIndex < rest.endIndex, attributes[String(rest[..<equals.lowerBound])] == nil else { return nil }
      attributes[String(rest[..<equals.lowerBound])] = plain(value)
      rest = rest[rest.index(after: value.endIndex)...].drop { $0 == " " }
    }
    return attributes
  }

  private static func plain(_ text: Substring) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#10;", "\n"), ("&#9;", "\t"), ("&amp;", "&")]
      .reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
  }

  func named(_ name: String) -> [Element] { list.filter { $0.name == name } }
  /// The texts of the children of an element by their name.
  func texts(_ name: String, of id: String) -> [String] {
    list.filter { child in
      child.name == name && child.parent.map { list[$0].attributes["id"] == id } ?? false
    }.map(\.text)
  }
}
