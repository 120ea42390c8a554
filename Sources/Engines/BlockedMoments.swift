import Statistics

/// Moments of rows that come one after the other: each block is centred as a whole and merged.
///
/// Blocks are counted from the first row, so that the result does not depend on the portions in which rows come.
struct BlockedMoments: Sendable {
  private var total: Moments
  /// The rows of the block that is not full yet.
  private let block: GrowingColumns<Double>
  private var rows = 0
  private let blockRows: Int

  init(columns: Int, blockRows: Int) {
    total = Moments(columns: columns)
    block = GrowingColumns(width: columns)
    self.blockRows = blockRows
  }

  mutating func add(_ row: [Double]) {
    block.reserve(1, behind: rows)
    for (column, value) in row.enumerated() { block[column][rows] = value }
    rows += 1
    if rows == blockRows { flush() }
  }

  /// Adds the rows with these numbers.
  mutating func add(_ columns: GrowingColumns<Double>, _ numbers: UnsafeBufferPointer<Int32>) {
    var index = 0
    while index < numbers.count {
      let count = min(blockRows - rows, numbers.count - index)
      block.reserve(count, behind: rows)
      for column in 0..<total.columns {
        let (from, to) = (columns[column], block[column] + rows)
        for place in 0..<count { to[place] = from[Int(numbers[index + place])] }
      }
      rows += count
      index += count
      if rows == blockRows { flush() }
    }
  }

  /// The work of adding all rows of some stacks, whose tasks are run by whoever asks, on any thread; then comes `finish`.
  func work(on stacks: [RowStack]) -> BlockWork {
    let first = Portion(block, rows: rows)
    return BlockWork([first] + stacks.map { Portion($0.values, rows: $0.count) }, columns: total.columns, blockRows)
  }

  /// Takes over what the tasks found, and keeps the rows that fill no block.
  mutating func finish(_ work: BlockWork, on stacks: [RowStack]) {
    for index in 0..<work.blocks { merge(work.sums(of: index), rows: blockRows) }
    // The block's own rows went first.
    var skipped = work.blocks > 0 ? work.blocks * blockRows - rows : 0
    if work.blocks > 0 { rows = 0 }
    for stack in stacks {
      let skip = min(skipped, stack.count)
      skipped -= skip
      let count = stack.count - skip
      block.reserve(count, behind: rows)
      for column in 0..<total.columns {
        (block[column] + rows).update(from: stack.values[column] + skip, count: count)
      }
      rows += count
    }
  }

  private mutating func merge(_ sums: UnsafePointer<Double>, rows: Int) {
    let k = total.columns
    total.merge(rows: rows, mean: sums, remainder: sums + k, crossProducts: sums + 2 * k)
  }

  private mutating func flush() {
    let k = total.columns
    guard rows > 0, k > 0 else { return }
    withUnsafeTemporaryAllocation(of: UnsafePointer<Double>?.self, capacity: k) { columns in
      for column in 0..<k { columns.initializeElement(at: column, to: block[column]) }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: MomentsKernel.width(columns: k)) { sums in
        guard let sums = sums.baseAddress else { return }
        MomentsKernel.block(UnsafeBufferPointer(columns), rows: rows, into: sums)
        merge(sums, rows: rows)
      }
    }
    rows = 0
  }

  mutating func moments() -> Moments {
    flush()
    return total
  }

  mutating func merge(_ other: inout BlockedMoments) {
    flush()
    total.merge(other.moments())
  }
}

/// Rows that lie in memory, column after column.
private struct Portion: Sendable {
  let columns: GrowingColumns<Double>
  let rows: Int
  init(_ columns: GrowingColumns<Double>, rows: Int) { (self.columns, self.rows) = (columns, rows) }
}

/// The sums of blocks of rows that follow one another in portions; rows behind the last full block are left.
struct BlockWork: Sendable {
  let blocks: Int
  private let portions: [Portion]
  /// Where each portion begins, and where the last one ends.
  private let starts: [Int]
  private let columns: Int
  private let blockRows: Int
  /// For each block what `MomentsKernel.block` writes, `width` numbers.
  private let found = GrowingColumns<Double>(width: 1)
  private let width: Int
  /// The blocks of each task, all of which end in the same portion.
  private let someBlocks: [(portion: Int, blocks: Range<Int>)]

  private static let blocksATask = 8

  fileprivate init(_ portions: [Portion], columns: Int, _ blockRows: Int) {
    self.portions = portions
    (self.columns, self.blockRows) = (columns, blockRows)
    starts = portions.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.rows) }
    width = MomentsKernel.width(columns: columns)
    blocks = columns == 0 || blockRows == 0 ? 0 : starts[portions.count] / blockRows
    found.reserve(blocks * width, behind: 0)
    var some: [(portion: Int, blocks: Range<Int>)] = []
    for portion in portions.indices where blocks > 0 {
      let ended = starts[portion] / blockRows..<starts[portion + 1] / blockRows
      for first in stride(from: ended.lowerBound, to: ended.upperBound, by: Self.blocksATask) {
        some.append((portion, first..<min(first + Self.blocksATask, ended.upperBound)))
      }
    }
    someBlocks = some
  }

  var tasks: Int { someBlocks.count }

  /// Which of the stacks has the rows of a task, but for those with which its first block may begin.
  func stack(of task: Int) -> Int { max(0, someBlocks[task].portion - 1) }

  func sums(of block: Int) -> UnsafePointer<Double> { UnsafePointer(found[0] + block * width) }

  /// Finds the sums of some of the blocks.
  func run(task: Int) {
    let some = someBlocks[task].blocks
    withUnsafeTemporaryAllocation(of: UnsafePointer<Double>?.self, capacity: columns) { pointers in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: columns * blockRows) { scratch in
        var portion = someBlocks[task].portion
        // The first block may begin in front of the portion in which it ends.
        while starts[portion] > some.lowerBound * blockRows { portion -= 1 }
        for block in some {
          let begin = block * blockRows
          while starts[portion + 1] <= begin { portion += 1 }
          if starts[portion + 1] >= begin + blockRows {
            let skip = begin - starts[portion]
            for j in 0..<columns { pointers.initializeElement(at: j, to: portions[portion].columns[j] + skip) }
          } else if let scratch = scratch.baseAddress {
            gather(begin, portion, into: scratch)
            for j in 0..<columns { pointers.initializeElement(at: j, to: scratch + j * blockRows) }
          }
          MomentsKernel.block(UnsafeBufferPointer(pointers), rows: blockRows, into: found[0] + block * width)
        }
      }
    }
  }

  /// Copies a block that lies in several portions, of which the first one is named.
  private func gather(_ begin: Int, _ first: Int, into scratch: UnsafeMutablePointer<Double>) {
    var (portion, done) = (first, 0)
    while done < blockRows {
      let skip = begin + done - starts[portion]
      let count = min(portions[portion].rows - skip, blockRows - done)
      for j in 0..<columns {
        (scratch + j * blockRows + done).update(from: portions[portion].columns[j] + skip, count: count)
      }
      done += count
      portion += 1
    }
  }
}
