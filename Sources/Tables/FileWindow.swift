import Foundation

/// The bytes of a stretch of a file while they are scanned.
///
/// Those of a mapped file are read into memory of the window's own, piece by piece as they are needed: that costs less than the
/// page faults of a map, the memory is used again for the next stretch, and a file that is cut off meanwhile is a fault rather
/// than the signal of a map. Other files lie in memory already.
final class FileWindow: @unchecked Sendable {
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var file: TableFile?
  private var isCopy = false
  /// The address that the file's first byte would have if all of it lay where the stretch does.
  private(set) var origin: UInt = 0

  /// Longer stretches, which only a record of that length makes, are read where they are mapped.
  static let byteLimit = 64 << 20
  /// In front of the stretch: a look at the byte before the first one is allowed.
  private static let margin = 64

  deinit { memory.deallocate() }

  /// Turns to another stretch. What was read of the one before is gone.
  ///
  /// - Parameter copies: whether the bytes are read into memory of the window's own.
  func open(_ range: Range<Int>, of file: TableFile, copies: Bool) {
    self.file = file
    isCopy = copies && range.count <= Self.byteLimit
    guard isCopy else {
      origin = UInt(bitPattern: file.text.baseAddress)
      return
    }
    if memory.count < range.count + Self.margin { makeRoom(range.count + Self.margin) }
    origin = UInt(bitPattern: memory.baseAddress) &+ UInt(Self.margin) &- UInt(range.lowerBound)
  }

  private func makeRoom(_ count: Int) {
    memory.deallocate()
    memory = .allocate(byteCount: count, alignment: 64)
    memory[..<Self.margin].initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// Makes a part of the stretch readable. Different parts may be loaded on different threads.
  ///
  /// - Returns: false if the file has become shorter.
  func load(_ range: Range<Int>) -> Bool {
    guard isCopy, let file else { return true }
    return file.copy(range, to: UnsafeMutableRawPointer(bitPattern: origin &+ UInt(range.lowerBound)))
  }

  /// The file's text up to a place, of which what was loaded may be read.
  func text(upTo end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: origin), count: end)
  }

  /// A part that was loaded.
  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: origin &+ UInt(range.lowerBound)), count: range.count)
  }
}

/// Where the consumer of a chunk finds itself.
package struct TableChunk: Sendable {
  package let part: TablePart
  /// The address that the file's first byte would have beside the chunk's: a field's less this is its offset in the file.
  package let origin: UInt
  package let kernel: ScanKernel
}
