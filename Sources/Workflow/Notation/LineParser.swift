/// The grammar's lines: nodes, edges, loops, directives and the brackets behind them.
extension LineScanner {
  /// A line inside a lane, of which white space was passed and something is left.
  mutating func laneStatement() throws(Problem) -> Statement {
    if sees("#") {
      try finish()
      return .comment
    }
    guard let first = identifier() else { throw unexpected("a node, an edge, 'loop' or '}'") }
    if sees(".") { return .edge(try edge(first)) }
    space()
    if take(":") { return .node(try node(first)) }
    if sees("-") {
      throw Problem(
        kind: .missingHandle, range: first.range,
        fixIt: .init(range: first.range.upperBound..<first.range.upperBound, replacement: ".handle(right)"))
    }
    if sees("{"), let open = laneOpen(first) { return open }
    if first.value == "loop" { return .loop(try loop()) }
    throw unexpected("':' (a node) or '.handle(side)' (an edge) behind '\(first.value)'")
  }

  /// The rest of `Name { # Display name` from its `{` on; nil, and nothing passed, if it is something else.
  mutating func laneOpen(_ name: Spelled) -> Statement? {
    let (start, count) = (cursor, tokens.count)
    do throws(Problem) {
      try expect("{", "'{'")
      try finish()
      return .laneOpen(name: name, brace: start..<start + 1)
    } catch {
      tokens.removeSubrange(count...)
      cursor = start
      return nil
    }
  }

  private mutating func node(_ id: Spelled) throws(Problem) -> NodeSyntax {
    space()
    let word = try identifier("a shape (circle, rectangle, diamond, taskbox)")
    guard let shape = Shape(rawValue: word.value) else {
      throw Problem(kind: .unknownShape(word.value), range: word.range)
    }
    var node = NodeSyntax(id: id, shape: shape)
    while true {
      let spaced = space()
      if sees("[") {
        node.attributes = try brackets()
        break
      }
      guard spaced, let name = identifier() else { break }
      guard take(":") else { throw separator(":", instead: "=", "a node's '\(name.value)'") }
      guard sees("\"") else { throw unexpected("a string in double quotes") }
      let pair = AttributeSyntax(name: name, value: try string())
      try requireNew(name, in: node.pairs)
      node.pairs.append(pair)
    }
    if let label = node.attributes.first(where: { $0.name.value == "label" }) {
      throw Problem(kind: .misplacedLabel, range: label.name.range)
    }
    try finish(or: "label:\"…\", '[' or the end of the line")
    return node
  }

  private mutating func edge(_ first: Spelled) throws(Problem) -> EdgeSyntax {
    let source = try reference(first)
    space()
    try expect("->", "'->'")
    space()
    let head = try identifier("the id of the node to which the edge leads")
    var edge = EdgeSyntax(source: source, target: try reference(head))
    space()
    if sees("[") { edge.attributes = try brackets() }
    try finish(or: "'[' or the end of the line")
    return edge
  }

  /// `n1.handle(right)` or `Lane.n1.handle(right)`, of which the first word was passed.
  private mutating func reference(_ first: Spelled) throws(Problem) -> ReferenceSyntax {
    var (lane, node): (Spelled?, Spelled) = (nil, first)
    guard take(".") else { throw missingHandle(behind: first) }
    var word = try identifier("'handle(side)' or a node's id")
    if !sees("(") {
      (lane, node) = (first, word)
      guard take(".") else { throw missingHandle(behind: word) }
      word = try identifier("'handle(side)'")
    }
    guard word.value == "handle" else {
      throw Problem(kind: .unexpected(expected: "'handle(side)'", found: "'\(word.value)'"), range: word.range)
    }
    try expect("(", "'('")
    let name = try identifier("a side (left, right, top, bottom)")
    guard let side = Side(rawValue: name.value) else {
      throw Problem(kind: .unknownSide(name.value), range: name.range)
    }
    try expect(")", "')'")
    return ReferenceSyntax(lane: lane, node: node, side: side)
  }

  private mutating func loop() throws(Problem) -> LoopSyntax {
    space()
    try expect("[", "'[condition]'")
    let start = cursor
    guard let close = bytes[cursor..<end].firstIndex(of: UInt8(ascii: "]")) else { throw unexpected("']'") }
    if let bad = (start..<close).first(where: { bytes[$0].isControl && bytes[$0] != 0x09 }) {
      throw Problem(kind: .controlCharacter, range: bad..<bad + 1)
    }
    guard let text = String(validating: bytes[start..<close], as: UTF8.self) else {
      throw Problem(kind: .invalidUTF8, range: start..<close)
    }
    cursor = close
    emit(.condition, from: start)
    var loop = LoopSyntax(condition: Spelled(value: text, range: start..<close))
    try expect("]", "']'")
    while space(), let node = identifier() { loop.nodes.append(node) }
    try finish(or: "a node's id or the end of the line")
    return loop
  }

  /// `@name key=value …`, at whose `@` the cursor is.
  mutating func directive() throws(Problem) -> Statement {
    try expect("@", "'@'")
    let name = try identifier("the directive's name")
    var attributes: [AttributeSyntax] = []
    while space(), peek != nil {
      let attribute = try attribute()
      try requireNew(attribute.name, in: attributes)
      attributes.append(attribute)
    }
    guard peek == nil else { throw unexpected("a space or the end of the line") }
    return .directive(name: name, attributes: attributes)
  }

  /// One or more bracket groups, at whose `[` the cursor is.
  private mutating func brackets() throws(Problem) -> [AttributeSyntax] {
    var attributes: [AttributeSyntax] = []
    while take("[") {
      space()
      while true {
        let attribute = try attribute()
        try requireNew(attribute.name, in: attributes)
        attributes.append(attribute)
        let spaced = space()
        if take("]") { break }
        if take(",") {
          space()
        } else if !spaced {
          throw unexpected("',' or ']'")
        }
      }
      space()
    }
    return attributes
  }

  private mutating func attribute() throws(Problem) -> AttributeSyntax {
    let name = try identifier("an attribute's name")
    space()
    guard take("=") else { throw separator("=", instead: ":", "'\(name.value)' in brackets") }
    space()
    return AttributeSyntax(name: name, value: sees("\"") ? try string() : try bare())
  }

  private func requireNew(_ name: Spelled, in list: [AttributeSyntax]) throws(Problem) {
    if list.contains(where: { $0.name.value == name.value }) {
      throw Problem(kind: .duplicateAttribute(name.value), range: name.range)
    }
  }

  private func separator(_ expected: String, instead wrong: Unicode.Scalar, _ place: String) -> Problem {
    guard sees(wrong) else { return unexpected("'\(expected)'") }
    let range = cursor..<cursor + 1
    return Problem(
      kind: .wrongSeparator(expected: expected, found: String(wrong), place: place), range: range,
      fixIt: .init(range: range, replacement: expected))
  }

  private func missingHandle(behind word: Spelled) -> Problem {
    let place = word.range.upperBound..<word.range.upperBound
    return Problem(kind: .missingHandle, range: word.range, fixIt: .init(range: place, replacement: ".handle(left)"))
  }
}
