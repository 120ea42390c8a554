import Dispatch

/// `transform` of 0..<count, in order. The work is cut into parts of a fixed size, so no result depends on the number of threads.
///
/// - Parameter threads: 1 for the calling thread only; nil for all processors.
func parallelMap(
  _ count: Int, threads: Int?, part: Int = 1024, _ transform: @Sendable (Int) -> Double
) -> [Double] {
  [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
    nonisolated(unsafe) let results = buffer
    inParallel((count + part - 1) / part, threads: threads) { index in
      for place in index * part..<min(count, (index + 1) * part) { results[place] = transform(place) }
    }
    initialized = count
  }
}

func inParallel(_ count: Int, threads: Int?, _ body: @Sendable (Int) -> Void) {
  if threads == 1 || count <= 1 {
    for index in 0..<count { body(index) }
  } else {
    DispatchQueue.concurrentPerform(iterations: count, execute: body)
  }
}
