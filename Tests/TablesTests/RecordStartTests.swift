import Tables
import Testing

struct RecordStartTests {
  /// Every text of up to seven bytes of these, at every cut, in stretches of one byte and in one: the record that begins there is
  /// the first of those that follow one another from the beginning (`RecordScanner.endOfRecord`).
  @Test func isTheFirstOfTheRecordsBehindTheCut() {
    let alphabet = Array("a\"\n\r".utf8)
    var compared = 0
    for count in 1...7 {
      for code in 0..<(1 << (2 * count)) {
        let text = (0..<count).map { alphabet[(code >> (2 * $0)) & 3] }
        text.withUnsafeBytes { bytes in
          let scanner = RecordScanner(bytes, delimiter: 0x2C, slots: [])
          var starts = [0]
          while let last = starts.last, last < count { starts.append(scanner.endOfRecord(from: last)) }
          for cut in 1..<max(count, 1) {
            let quotes = text[..<cut].count { $0 == UInt8(ascii: "\"") }
            let expected = starts.first { $0 >= cut } ?? count
            for size in [1, count] {
              #expect(place(in: bytes, cut, size, isQuoted: quotes % 2 == 1) == expected, "\(text) cut at \(cut)")
              compared += 1
            }
          }
        }
      }
    }
    #expect(compared > 100_000)
  }

  /// Where quotes are not looked at every line break ends a record.
  @Test func quotesMayBeLeftOut() {
    let text = Array("a\"b\nc\rd\r\n\"e\n".utf8)
    text.withUnsafeBytes { bytes in
      let places = (1..<text.count).map { place(in: bytes, $0, 1, isQuoted: false, quote: nil) }
      #expect(places == [4, 4, 4, 4, 6, 6, 9, 9, 9, 12, 12])
    }
  }

  private func place(
    in bytes: UnsafeRawBufferPointer, _ cut: Int, _ size: Int, isQuoted: Bool, quote: UInt8? = UInt8(ascii: "\"")
  ) -> Int {
    var start = RecordStart(isQuoted: isQuoted, quote: quote)
    for from in stride(from: cut - 1, to: bytes.count, by: size) {
      let stretch = UnsafeRawBufferPointer(rebasing: bytes[from..<min(from + size, bytes.count)])
      if let place = start.place(in: stretch) { return from + place }
    }
    return bytes.count
  }
}
