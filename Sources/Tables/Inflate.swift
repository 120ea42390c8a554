import CZlib

/// Gzip to bytes; several members in one file are one text, as gunzip reads them.
enum Inflate {
  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// - Parameter progress: gets the bytes of the file that are done, and how many it has.
  /// - Throws: `TableFault` if the file is damaged or there is no room for its text.
  static func gunzip(
    _ input: UnsafeRawBufferPointer, named name: String, into text: inout TextSpool,
    progress: ((Int, Int) -> Void)? = nil
  ) throws(TableFault) {
    func damaged(_ reason: String) -> TableFault { TableFault(.badGzip(reason: reason), at: .init(file: name)) }
    var stream = z_stream()
    // 16 + 15: the gzip wrapper with the largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw damaged("zlib cannot start")
    }
    defer { inflateEnd(&stream) }
    var consumed = 0
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 18)
    defer { buffer.deallocate() }
    while consumed < input.count {
      let portion = min(input.count - consumed, 1 << 30)
      stream.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress!.advanced(by: consumed).assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(portion)
      stream.next_out = buffer
      stream.avail_out = 1 << 18
      let status = inflate(&stream, Z_NO_FLUSH)
      consumed += portion - Int(stream.avail_in)
      try text.append(UnsafeRawBufferPointer(start: buffer, count: (1 << 18) - Int(stream.avail_out)))
      progress?(consumed, input.count)
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        if consumed < input.count { inflateReset(&stream) }
        if consumed == input.count { return }
      case Z_BUF_ERROR: throw damaged("it ends in the middle")
      default: throw damaged("its data are damaged")
      }
    }
    throw damaged("it ends in the middle")
  }
}
