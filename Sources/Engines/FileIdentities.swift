import Basics
import Hashing
import Tables

/// Names and fingerprints of a table's files, hashed while they are read.
final class FileIdentities: @unchecked Sendable {
  private let source: TableSource
  /// One thread at a time adds to one.
  private let hashes: Slots<XXH64>
  /// How far each file is hashed.
  private let ends: Slots<Int>

  /// Let go one after the other, so that a file larger than the memory has a fingerprint too.
  private static let pieceBytes = 16 << 20

  init(_ source: TableSource) {
    self.source = source
    hashes = Slots(source.files.count, XXH64())
    ends = Slots(source.files.count, 0)
  }

  /// Adds a file's bytes up to the end of the range; ranges in file order.
  func take(_ range: Range<Int>, of file: Int) {
    // Of compressed files the bytes on disk count, which are not these.
    guard source.files[file].isPlain, range.upperBound > ends[file] else { return }
    hashes[file].update(UnsafeRawBufferPointer(rebasing: source.files[file].original[ends[file]..<range.upperBound]))
    ends[file] = range.upperBound
  }

  /// In the order of the files; what was not taken is hashed now.
  var files: [InputFile] {
    source.parallel(source.files.count) { index in
      let file = source.files[index]
      while ends[index] < file.original.count {
        let piece = ends[index]..<min(ends[index] + Self.pieceBytes, file.original.count)
        hashes[index].update(UnsafeRawBufferPointer(rebasing: file.original[piece]))
        if file.isPlain { file.forget(piece) }
        ends[index] = piece.upperBound
      }
    }
    return source.files.enumerated().map { index, file in
      InputFile(name: file.name, bytes: file.original.count, fingerprint: XXH64.fingerprint(hashes[index].digest))
    }
  }
}
