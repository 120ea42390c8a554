import Basics
import Testing

@Suite struct JSONTests {
  @Test(
    "what is written reads back",
    arguments: [
      #"{"a":[1,2.5,-0.0,1e300,true,false,null],"b":{"c":"\"\\\n\t\u0001é😀"}}"#, "[]", "{}", #""""#, "-12", "0.1",
      "9007199254740993", "1e-320",
    ])
  func roundTrip(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(try JSONValue(parsing: value.text()) == value)
    #expect(try JSONValue(parsing: value.text(pretty: true)) == value)
  }

  @Test func keysKeepTheirOrder() throws {
    #expect(try JSONValue(parsing: #"{"z":1,"a":2}"#).text() == #"{"z":1,"a":2}"#)
  }

  @Test func doublesKeepEveryBit() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<10_000 {
      let number = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
      guard number.isFinite else { continue }
      let back = try JSONValue(parsing: JSONValue.number(number).text()).double
      #expect(back?.bitPattern == number.bitPattern || (number == 0 && back == 0))
    }
  }

  @Test func whatJSONCannotSayIsNull() {
    #expect(JSONValue.array([.number(.nan), .number(.infinity)]).text() == "[null,null]")
  }

  @Test(
    "faults have a place and a sentence",
    arguments: [
      ("{\"a\":1,\n \"a\":2}", "f.json:2:5: the key 'a' is given twice."),
      ("[1,", "f.json:1:4: the text ends where a JSON value is expected."),
      ("[1}", "f.json:1:3: expected ',' or ']', found '}'."),
      ("\"a\nb\"", "f.json:1:3: a control character must be escaped in a JSON string."),
      ("01", "f.json:1:2: expected the end of the text, found '1'."),
      ("1.", "f.json:1:3: not a JSON number, or too large for a double."),
      (#""\q""#, "f.json:1:3: not a JSON escape; use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX."),
      (#""\ud800""#, "f.json:1:8: not a JSON escape; use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX."),
      ("", "f.json:1:1: the text ends where a JSON value is expected."),
      (String(repeating: "[", count: 600), "f.json:1:513: nested deeper than 512 levels."),
    ])
  func faults(_ text: String, _ sentence: String) {
    #expect(throws: JSONFault.self) { try JSONValue(parsing: text, file: "f.json") }
    do { _ = try JSONValue(parsing: text, file: "f.json") } catch { #expect("\(error)" == sentence) }
  }

  @Test func invalidBytesAreRefused() {
    #expect(throws: JSONFault.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22] as [UInt8]) }
  }

  @Test func randomBytesNeverTrap() {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
    let alphabet = Array("[]{}\",:0123456789.eE+-truefalsn\\u \n".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int(next() % 40)).map { _ in alphabet[Int(next() % UInt64(alphabet.count))] }
      if let value = try? JSONValue(parsing: bytes) { #expect((try? JSONValue(parsing: value.text())) == value) }
    }
  }
}
