import Basics
import Hashing
import Tables

/// Names and fingerprints of a table's files, of the checksums of what was read.
final class FileIdentities: @unchecked Sendable {
  private let source: TableSource
  private var sums: [CRC64]
  /// How far each file is taken.
  private var ends: [Int]

  /// Let go one after the other, so that a file larger than the memory has a fingerprint too.
  private static let pieceBytes = 16 << 20

  init(_ source: TableSource) {
    self.source = source
    sums = source.files.map { _ in CRC64() }
    ends = source.files.map { _ in 0 }
  }

  /// Adds what was read of a file, batches in file order.
  func take(_ batch: ScannedBatch<some Any>) {
    let file = batch.part
    // Of compressed files the bytes on disk count, which are not these.
    guard source.files[file].isPlain else { return }
    for (range, checksum) in zip(batch.ranges, batch.checksums) where range.lowerBound >= ends[file] {
      take(upTo: range.lowerBound, of: file)
      sums[file].join(checksum, count: range.count)
      ends[file] = range.upperBound
    }
  }

  /// Adds bytes that no scan did.
  private func take(upTo end: Int, of index: Int) {
    let file = source.files[index]
    while ends[index] < end {
      let piece = ends[index]..<min(ends[index] + Self.pieceBytes, end)
      sums[index].update(UnsafeRawBufferPointer(rebasing: file.original[piece]))
      if file.isPlain { file.forget(piece) }
      ends[index] = piece.upperBound
    }
  }

  /// - Throws: `EngineFault` if two of the files that have rows are the same.
  func requireDifferentFiles() throws(EngineFault) {
    var known: [InputFile] = []
    for (file, part) in zip(files, source.parts) where part.bodyStart < part.file.text.count {
      if let first = known.first(where: { $0.bytes == file.bytes && $0.fingerprint == file.fingerprint }) {
        throw EngineFault(kind: .fileTwice(first: first.name), position: SourcePosition(file: file.name))
      }
      known.append(file)
    }
  }

  /// In the order of the files.
  var files: [InputFile] {
    source.files.enumerated().map { index, file in
      take(upTo: file.original.count, of: index)
      return InputFile(
        name: file.name, bytes: file.original.count, fingerprint: CRC64.fingerprint(sums[index].digest))
    }
  }
}
