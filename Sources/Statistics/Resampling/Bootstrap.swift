/// A plan of resampling: how often, by which weights, from which seed. The same plan on the same data gives the same bits whatever
/// the number of threads.
///
/// - Source: Efron, B. and Tibshirani, R. J. (1993), "An Introduction to the Bootstrap"; Poisson weights: Chamandy, N. et al. (2012),
///   "Estimating uncertainty for massive data streams", Google technical report.
/// - Checked against: all resamples of small samples in exact arithmetic, numpy and scipy with 200,000 and 1,000,000 resamples,
///   Datasets/References/bootstrap.json, bootstrap-limits.json.
public struct Bootstrap: Sendable, Hashable {
  /// How often a row enters a replicate.
  public enum Weights: Sendable, Hashable {
    /// As often as it is drawn in n draws with replacement: the textbook's bootstrap. Each replicate keeps n rows.
    case multinomial
    /// Independently, a Poisson number of mean 1: one pass over the rows. To be preferred above some thousand rows, where the
    /// two agree; in smaller samples the varying number of rows widens what is not a mean.
    case poisson
  }

  /// How many.
  public let replicates: Int
  /// Multinomial or Poisson.
  public let weights: Weights
  /// The same one gives the same replicates on any number of threads.
  public let seed: UInt64

  /// - Parameter replicates: at least 20; intervals at 95 % need 1,000 or more, BCa 5,000.
  /// - Throws: `DomainError` for fewer.
  public init(replicates: Int = 10_000, weights: Weights = .multinomial, seed: UInt64 = 0) throws(DomainError) {
    guard replicates >= 20 else { throw DomainError("replicates", Double(replicates), "must be at least 20") }
    self.replicates = replicates
    self.weights = weights
    self.seed = seed
  }

  /// What a functional reads of the moments.
  public enum Reads: Sendable, Hashable {
    /// Counts and means; cross-products are NaN.
    case means
    case crossProducts
  }

  /// The distribution of a smooth functional of moments: rates, ratios of sums, lifts, variances, CUPED estimates.
  ///
  /// Weights times rows is one matrix product (`dgemm`) for a block of rows and replicates.
  /// - Parameters:
  ///   - samples: arms or strata, resampled independently; each holds its columns, of one length. For clustered data the rows are
  ///     cluster totals (`ClusterTotals`), so whole clusters are drawn.
  ///   - acceleration: whether to leave out each row once, as BCa intervals need.
  ///   - threads: 1 for the calling thread only; nil for all processors.
  ///   - functional: called with the moments of each sample, from several threads at once.
  /// - Throws: `DomainError` for empty samples, values that are not finite, or a functional that is not finite on a replicate.
  public func distribution(
    samples: [[[Double]]], reads: Reads = .means, acceleration: Bool = true, threads: Int? = nil,
    of functional: @Sendable ([Moments]) -> Double
  ) throws(DomainError) -> BootstrapDistribution {
    let designs = try samples.map { sample throws(DomainError) in try ResamplingDesign(sample, reads: reads) }
    guard !designs.isEmpty else { throw DomainError("samples", 0, "must be at least 1") }
    let whole = designs.map(\.moments)
    let values = MomentsResampling(plan: self, designs: designs, threads: threads).values(of: functional)
    let jackknife =
      acceleration
      ? designs.indices.map { s in
        parallelMap(designs[s].rows, threads: threads) { row in
          var moments = whole
          moments[s] = designs[s].moments(without: row)
          return functional(moments)
        }
      } : nil
    return try BootstrapDistribution(estimate: functional(whole), replicates: values, jackknife: jackknife)
  }

  /// The distribution of any statistic of rows, for example a median: slower, as each replicate is made in full. The weights are
  /// multinomial.
  ///
  /// - Parameters:
  ///   - rows: how many each sample has.
  ///   - statistic: called with the places of the drawn rows of each sample, from several threads at once; for the jackknife with one
  ///     row fewer.
  /// - Throws: `DomainError` for empty samples, Poisson weights, or a statistic that is not finite on a replicate.
  public func distribution(
    rows: [Int], acceleration: Bool = true, threads: Int? = nil, ofRows statistic: @Sendable ([[Int]]) -> Double
  ) throws(DomainError) -> BootstrapDistribution {
    guard weights == .multinomial else {
      throw DomainError("weights", .nan, "must be multinomial for a statistic of rows")
    }
    guard let least = rows.min(), least > 0 else { throw DomainError("rows of a sample", 0, "must be at least 1") }
    let whole = rows.map { Array(0..<$0) }
    let values = parallelMap(replicates, threads: threads) { replicate in
      statistic(
        rows.indices.map { s in
          var stream = ResamplingStream(seed: seed, replicate: replicate, sample: s)
          var drawn: [Int] = []
          drawn.reserveCapacity(rows[s])
          stream.indices(below: rows[s], count: rows[s]) { drawn.append($0) }
          return drawn
        })
    }
    let jackknife =
      acceleration
      ? rows.indices.map { s in
        parallelMap(rows[s], threads: threads) { row in
          var kept = whole
          kept[s].remove(at: row)
          return statistic(kept)
        }
      } : nil
    return try BootstrapDistribution(estimate: statistic(whole), replicates: values, jackknife: jackknife)
  }
}
