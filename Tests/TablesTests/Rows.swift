import Tables

/// Collects the rows of a scan as text, with their offsets.
struct Rows: RowConsumer, Sendable {
  var rows: [[String]] = []
  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    rows.append(fields.map(\.string))
  }

  /// All columns of tables given as text.
  static func read(
    _ texts: [(name: String, bytes: [UInt8])], chunkBytes: Int = 1 << 20, threads: Int? = nil, allowed: Double = 0,
    kernel: ScanKernel = .native
  ) throws(TableFault) -> (columns: [String], rows: [[String]], bad: Int) {
    var options = TableOptions(threads: threads)
    options.chunkBytes = chunkBytes
    options.kernel = kernel
    // As the bytes of files are, into memory of just their size.
    options.copiesText = threads != 1
    let source = try TableSource(
      files: texts.map { TableFile(name: $0.name, bytes: $0.bytes) }, options: options)
    let result = try source.scan(source.columns, allowedBadRows: allowed) { _ in Rows() }
    return (source.columns, result.consumers.flatMap(\.rows), result.badRows)
  }

  static func read(
    _ text: String, chunkBytes: Int = 1 << 20, threads: Int? = nil, allowed: Double = 0,
    kernel: ScanKernel = .native
  ) throws(TableFault) -> (columns: [String], rows: [[String]], bad: Int) {
    try read([("t.csv", Array(text.utf8))], chunkBytes: chunkBytes, threads: threads, allowed: allowed, kernel: kernel)
  }
}
