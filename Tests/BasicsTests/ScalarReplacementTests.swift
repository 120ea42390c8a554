import Basics
import Testing

@Suite struct ScalarReplacementTests {
  @Test("a quote is found although an accent follows it")
  func accents() {
    #expect("a\"b".replacing(scalar: "\"", with: "\"\"") == "a\"\"b")
    let accented = "c\"\u{301}".replacing(scalar: "\"", with: "\"\"")
    #expect(accented.unicodeScalars.map(\.value) == [0x63, 0x22, 0x22, 0x301])
    #expect("plain".replacing(scalar: "'", with: "''") == "plain")
  }
}
