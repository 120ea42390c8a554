/// What a file is that is no text, by its first bytes.
public enum ForeignFormat: Sendable, Hashable, CaseIterable {
  case utf16, utf32, bzip2, xz, zstandard, gzipTwice, zip, workbook, oldWorkbook, parquet

  private static let marks: [(ForeignFormat, [UInt8])] = [
    (.utf32, [0xFF, 0xFE, 0, 0]), (.utf32, [0, 0, 0xFE, 0xFF]), (.utf16, [0xFF, 0xFE]), (.utf16, [0xFE, 0xFF]),
    (.bzip2, Array("BZh".utf8)), (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), (.zstandard, [0x28, 0xB5, 0x2F, 0xFD]),
    (.gzipTwice, [0x1F, 0x8B]), (.zip, [0x50, 0x4B, 3, 4]), (.zip, [0x50, 0x4B, 5, 6]),
    (.oldWorkbook, [0xD0, 0xCF, 0x11, 0xE0]), (.parquet, Array("PAR1".utf8)),
  ]

  /// Nil for what may be a table.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let found = Self.marks.first(where: { bytes.starts(with: $0.1) })?.0 else { return nil }
    switch found {
    // "BZh" may begin a header: the size of its blocks and the mark of the first one follow.
    case .bzip2:
      guard bytes.count > 4, (0x31...0x39).contains(bytes[3]), bytes[4] == 0x31 || bytes[4] == 0x17 else { return nil }
      self = found
    case .parquet:
      guard bytes.count > 8, bytes.suffix(4).elementsEqual("PAR1".utf8) else { return nil }
      self = found
    case .zip:
      let names = bytes.prefix(1 << 12)
      let isWorkbook = Self.contains(names, "[Content_Types].xml") || Self.contains(names, "xl/")
      self = isWorkbook ? .workbook : .zip
    default: self = found
    }
  }

  private static func contains(_ bytes: Slice<UnsafeRawBufferPointer>, _ word: StaticString) -> Bool {
    let wanted = Array("\(word)".utf8)
    return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
  }

  /// What it is, and how it becomes a table.
  func sentence(_ name: String) -> String {
    let file = name.contains { !$0.isLetter && !$0.isNumber && !"_-./".contains($0) } ? Self.quoted(name) : name
    return switch self {
    case .utf16:
      "this is UTF-16, as Excel writes \"Unicode text\". Convert it: \(conversion(from: "utf-16", name, file))"
    case .utf32: "this is UTF-32. Convert it: \(conversion(from: "utf-32", name, file))"
    case .bzip2: "this is compressed by bzip2; only gzip is read as it is. Unpack it: bunzip2 -c \(file) | verdict … -"
    case .xz: "this is compressed by xz; only gzip is read as it is. Unpack it: xz -dc \(file) | verdict … -"
    case .zstandard: "this is compressed by zstd; only gzip is read as it is. Unpack it: zstd -dc \(file) | verdict … -"
    case .gzipTwice: "this is gzip inside gzip. Unpack it once: gunzip -c \(file) | verdict … -"
    case .zip: "this is a ZIP archive; only gzip is read as it is. Unpack it: unzip -p \(file) | verdict … -"
    case .workbook, .oldWorkbook: "this is an Excel workbook. Save the sheet as \"CSV UTF-8\" and read that."
    case .parquet:
      "this is Parquet, which 'analyze' and 'profile' read through DuckDB under a name that ends in .parquet. Elsewhere write it "
        + "as CSV: duckdb -c \"COPY (FROM \(Self.quoted(name))) TO 'table.csv'\""
    }
  }

  private func conversion(from encoding: String, _ name: String, _ file: String) -> String {
    let convert = "iconv -f \(encoding) -t utf-8"
    if name == "-" { return "… | \(convert) | verdict … -" }
    return name.hasSuffix(".gz") ? "gunzip -c \(file) | \(convert) | verdict … -" : "\(convert) \(file)"
  }

  /// As a shell and SQL read it; no name that needs more is worth more.
  private static func quoted(_ name: String) -> String { "'" + name + "'" }
}
