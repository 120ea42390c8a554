import CZlib

/// Gzip to bytes; several members in one file are one text, as gunzip reads them.
enum Inflate {
  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// - Returns: the bytes, or the reason why not.
  static func gunzip(_ input: UnsafeRawBufferPointer) -> Result<[UInt8], InflateFailure> {
    var output: [UInt8] = []
    output.reserveCapacity(input.count * 5)
    var stream = z_stream()
    // 16 + 15: the gzip wrapper with the largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return .failure(InflateFailure(reason: "zlib cannot start"))
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
      output.append(contentsOf: UnsafeBufferPointer(start: buffer, count: (1 << 18) - Int(stream.avail_out)))
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        if consumed < input.count { inflateReset(&stream) }
        if consumed == input.count { return .success(output) }
      case Z_BUF_ERROR: return .failure(InflateFailure(reason: "it ends in the middle"))
      default: return .failure(InflateFailure(reason: "its data are damaged"))
      }
    }
    return .failure(InflateFailure(reason: "it ends in the middle"))
  }
}

struct InflateFailure: Error {
  let reason: String
}
