import Foundation
import Tables
import Testing

@Suite struct ReadingTests {
  @Test(
    "RFC 4180 and what exports do",
    arguments: [
      ("a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]]),
      ("a,b\r\n1,2\r\n", [["1", "2"]]),
      ("a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]]),
      ("\u{FEFF}a,b\n1,2", [["1", "2"]]),
      ("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", [["x, y", "say \"hi\""]]),
      ("a,b\n\"line\nbreak\",2\n\n3,4\n", [["line\nbreak", "2"], ["3", "4"]]),
      ("a;b\n1,5;2\n", [["1,5", "2"]]),
      ("a\tb\n1\t2\n", [["1", "2"]]),
      ("a|b\n1|2\n", [["1", "2"]]),
      ("a,b\n,\n", [["", ""]]),
      ("a,b\n\"\",\"\"\n", [["", ""]]),
      (" a , b \né,😀\n", [["é", "😀"]]),
    ])
  func reads(_ text: String, _ rows: [[String]]) throws {
    let found = try Rows.read(text)
    #expect(found.columns == ["a", "b"])
    #expect(found.rows == rows)
  }

  @Test func filesOfOneTableMayOrderTheirColumnsDifferently() throws {
    let found = try Rows.read([("1.csv", Array("a,b\n1,2\n".utf8)), ("2.csv", Array("b,a\n4,3\n".utf8))])
    #expect(found.rows == [["1", "2"], ["3", "4"]])
  }

  @Test(
    "faults with line and column, counted from 1 in bytes",
    arguments: [
      ("", "t.csv: the file is empty; a header line and rows are expected. Is the export whole?"),
      ("\n\n", "t.csv: the file is empty; a header line and rows are expected. Is the export whole?"),
      ("a,b\n", "t.csv:1:1: there is a header but no row. Is the export whole?"),
      (
        "a,b, a\n1,2,3\n",
        "t.csv:1:5: the column 'a' stands twice in the header, as column 1 and 3. Rename one of them."
      ),
      (
        "a,b\n1,2\n1\n",
        "t.csv:3:2: the row has 1 field, the header 2. Is a line break or a separator lost?"
      ),
      (
        "a,b\n1,2,3\n",
        "t.csv:2:5: the row has 3 fields, the header 2. Is a field with a separator not quoted?"
      ),
      (
        "a,b\n\"1,1\",2,3\n",
        "t.csv:2:9: the row has 3 fields, the header 2. Is a field with a separator not quoted?"
      ),
      (
        "a,b\n1\r1,2\n",
        "t.csv:2:2: a carriage return without a line feed ends a row here, so that one has 1 field; the header has 2. Quote "
          + "the field that holds it, or take it out."
      ),
      (
        "a,b\r\n1,2\r2\r\n",
        "t.csv:2:4: a carriage return without a line feed ends a row here, so that one has 1 field; the header has 2. Quote "
          + "the field that holds it, or take it out."
      ),
      ("a,b\r1\r", "t.csv:2:2: the row has 1 field, the header 2. Is a line break or a separator lost?"),
      (
        "a,b\n1,\"2\n3,4\n",
        "t.csv:2:3: this quoted field is never closed. Close it; a quote inside a quoted field is written twice."
      ),
      (
        "a,b\n1,\"2\"x\n",
        "t.csv:2:6: text follows the closing quote. A quote inside a quoted field is written twice."
      ),
      (
        "a,b\n1,2\"x\n",
        "t.csv:2:4: a quote stands inside a field that does not begin with one. Quote the whole field."
      ),
      (
        "a,b\n1,\0\n", "t.csv:2:3: a NUL byte: this is no text file, or it is UTF-16. Convert it to UTF-8."
      ),
    ])
  func faults(_ text: String, _ sentence: String) {
    do {
      _ = try Rows.read(text)
      Issue.record("no fault")
    } catch { #expect("\(error)" == sentence) }
  }

  @Test func invalidUTF8HasItsPlace() {
    do {
      _ = try Rows.read([("t.csv", Array("a,b\n1,".utf8) + [0xC3, 0x28, 0x0A])])
      Issue.record("no fault")
    } catch {
      #expect(error.kind == .invalidUTF8)
      #expect(error.position?.line == 2 && error.position?.column == 3)
    }
  }

  @Test func aMissingColumnNamesTheNearest() throws {
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array("user_id,variant\n1,a\n".utf8))])
    do {
      try source.requireColumn("varient")
      Issue.record("no fault")
    } catch { #expect("\(error)" == "t.csv:1:1: no column 'varient'. Did you mean 'variant'?") }
  }

  @Test func badRowsUpToAShareAreCounted() throws {
    let text = "a,b\n1,2\n3\n4,5\n6,7\n"
    #expect(try Rows.read(text, allowed: 0.25).bad == 1)
    do {
      _ = try Rows.read(text, allowed: 0.2)
      Issue.record("no fault")
    } catch {
      #expect(
        "\(error)"
          == "t.csv:3:2: 1 of 4 rows cannot be read, 25%, and 20% are allowed. The first is here: the row has 1 field, the "
          + "header 2. Is a line break or a separator lost?")
    }
  }

  /// "é" as one character and as two is two columns, and each is found.
  @Test func namesAreComparedByTheirBytes() throws {
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array("\u{E9},e\u{301}\n1,2\n".utf8))])
    #expect(source.columns.count == 2)
    let single = try TableSource(files: [TableFile(name: "t.csv", bytes: Array("\u{E9}\n1\n".utf8))])
    do {
      try single.requireColumn("e\u{301}")
      Issue.record("no fault")
    } catch {
      #expect(
        error.sentence
          == "no column 'e\u{301}'. The header has it with accents in another encoding (composed or decomposed); copy the "
          + "name from there.")
    }
  }

  /// A column that nobody asks for may be missing, from whichever file.
  @Test func onlyColumnsAskedForMustBeInAllFiles() throws {
    func source(_ texts: [String]) throws -> TableSource {
      try TableSource(
        files: texts.enumerated().map { TableFile(name: "\($0).csv", bytes: Array($1.utf8)) })
    }
    let texts = ["a,extra,b\n1,x,2\n", "b,a\n4,3\n"]
    for order in [texts, texts.reversed()] { try source(order).requireColumns(["a", "b"]) }
    for (order, sentence) in [
      (texts, "1.csv:1:1: no column 'extra', which 0.csv has."),
      (texts.reversed(), "0.csv:1:1: no column 'extra', which 1.csv has."),
    ] {
      do {
        try source(order).requireColumn("extra")
        Issue.record("no fault")
      } catch {
        #expect("\(error)" == sentence + " Files of one table must all have the columns that are asked for.")
      }
    }
  }

  @Test func gzipIsReadAndItsDamageSaid() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "t.csv.gz").path
    // gzip of "a,b\n1,2\n", written twice: two members are one text, the second without its header line being one.
    let member: [UInt8] = [
      0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0x4B, 0xD4, 0x49, 0xE2, 0x32, 0xD4, 0x31, 0xE2, 0x02, 0x00, 0x7B,
      0x07, 0x97, 0x0A, 0x08, 0, 0, 0,
    ]
    #expect(try text(member, at: path) == "a,b\n1,2\n")
    #expect(try text(member + member, at: path) == "a,b\n1,2\na,b\n1,2\n")
    try Data(member.dropLast(9)).write(to: URL(filePath: path))
    #expect(throws: TableFault.self) { try TableFile(path) }
  }

  private func text(_ bytes: [UInt8], at path: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: path))
    let file = try TableFile(path)
    return withExtendedLifetime(file) { String(decoding: file.text, as: UTF8.self) }
  }

  @Test func aFolderAndAMissingFileAreFaults() {
    #expect(throws: TableFault(.isFolder, at: .init(file: "/"))) { try TableFile("/") }
    do {
      _ = try TableFile("/nowhere.csv")
      Issue.record("no fault")
    } catch {
      #expect(
        "\(error)"
          == "/nowhere.csv: cannot be read: No such file or directory. Check its name, its folder and its permissions.")
    }
  }
}
