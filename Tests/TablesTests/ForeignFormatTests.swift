import Tables
import Testing

/// Files that are no text: known by their first bytes, each with its own advice.
@Suite struct ForeignFormatTests {
  static func sentence(_ bytes: [UInt8]) -> String? {
    do {
      _ = try TableSource(files: [TableFile(name: "f", bytes: bytes)])
      return nil
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    (
      [0xFF, 0xFE, 0x61, 0],
      "f: this is UTF-16, as Excel writes \"Unicode text\". Convert it: iconv -f utf-16 -t utf-8 f"
    ),
    (
      [0xFE, 0xFF, 0, 0x61],
      "f: this is UTF-16, as Excel writes \"Unicode text\". Convert it: iconv -f utf-16 -t utf-8 f"
    ),
    ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "f: this is UTF-32. Convert it: iconv -f utf-32 -t utf-8 f"),
    (
      Array("BZh91AY&SY".utf8),
      "f: this is compressed by bzip2; only gzip is read as it is. Unpack it: bunzip2 -c f | verdict … -"
    ),
    (
      [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0],
      "f: this is compressed by xz; only gzip is read as it is. Unpack it: xz -dc f | verdict … -"
    ),
    (
      [0x28, 0xB5, 0x2F, 0xFD, 0x24],
      "f: this is compressed by zstd; only gzip is read as it is. Unpack it: zstd -dc f | verdict … -"
    ),
    ([0x1F, 0x8B, 8, 0], "f: this is gzip inside gzip. Unpack it once: gunzip -c f | verdict … -"),
    (
      [0x50, 0x4B, 3, 4] + Array("units.csv".utf8),
      "f: this is a ZIP archive; only gzip is read as it is. Unpack it: unzip -p f | verdict … -"
    ),
    (
      [0x50, 0x4B, 3, 4] + Array("[Content_Types].xml".utf8),
      "f: this is an Excel workbook. Save the sheet as \"CSV UTF-8\" and read that."
    ),
  ])
  func advice(_ bytes: [UInt8], _ sentence: String) { #expect(Self.sentence(bytes) == sentence) }

  @Test func parquet() {
    #expect(
      Self.sentence(Array("PAR1....PAR1".utf8))
        == "f: this is Parquet, which 'analyze' and 'profile' read through DuckDB under a name that ends in .parquet. Elsewhere "
        + "write it as CSV: duckdb -c \"COPY (FROM 'f') TO 'table.csv'\"")
  }

  /// A name that a shell would take apart.
  @Test func namesWithBlanks() {
    do {
      _ = try TableSource(files: [TableFile(name: "my file", bytes: [0xFF, 0xFE, 0x61, 0])])
      Issue.record("no fault")
    } catch { #expect("\(error)".hasSuffix("iconv -f utf-16 -t utf-8 'my file'")) }
  }

  /// What comes compressed, or by a pipe, is converted on its way.
  @Test(arguments: [
    ("t.csv.gz", "gunzip -c t.csv.gz | iconv -f utf-16 -t utf-8 | verdict … -"),
    ("-", "… | iconv -f utf-16 -t utf-8 | verdict … -"),
  ])
  func conversionOfStreams(_ name: String, _ command: String) {
    do {
      _ = try TableSource(files: [TableFile(name: name, bytes: [0xFF, 0xFE, 0x61, 0])])
      Issue.record("no fault")
    } catch { #expect("\(error)".hasSuffix("Convert it: " + command)) }
  }

  /// Headers that begin like one of them.
  @Test(arguments: ["BZh,x\n1,2\n", "PAR1,x\n1,2\n", "PK,x\n1,2\n"])
  func tables(_ text: String) { #expect(Self.sentence(Array(text.utf8)) == nil) }
}
