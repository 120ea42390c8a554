/// Families of hypotheses in order of importance: a family is tested only as far as those before it let it.
///
/// Within each family Holm's procedure; the family-wise error rate over all families together stays at alpha.
public enum Gatekeeping {
  /// What opens the gate to the next family.
  public enum Gate: String, Sendable, Hashable, Codable, CaseIterable {
    /// Every hypothesis before it is rejected (serial).
    case all
    /// Some are: a family gets alpha times the share that Bonferroni's test of the family before rejects (parallel).
    case any
  }

  /// A hypothesis after the procedure.
  public struct Result: Sendable, Hashable {
    /// Significant at alpha exactly when it is at most alpha.
    public let adjustedPValue: Double
    /// The alpha of an interval of its own that excludes the null value exactly when the adjusted p-value is at most
    /// alpha; nil where there is none, and then `withheld` says why.
    public let intervalAlpha: Double?
    /// Why no interval is given; nil where there is one.
    public let withheld: String?
  }

  /// - Parameters:
  ///   - families: p-values, the most important family first; an empty family lets everything pass.
  ///   - gate: what opens the next family.
  ///   - alpha: of the whole procedure, in (0, 1).
  /// - Returns: for each family, its results in the order given.
  /// - Source: serial: Maurer, Hothorn & Lehmacher (1995), in Biometrie in der chemisch-pharmazeutischen Industrie 6;
  ///   Westfall & Krishen (2001), J. Stat. Plan. Inference 99. Parallel: Dmitrienko, Offen & Westfall (2003), Statistics
  ///   in Medicine 22, 2387-2400, in the stepwise form of Dmitrienko, Tamhane & Wiens (2008), Biometrical Journal 50.
  public static func test(_ families: [[Double]], gate: Gate = .all, alpha: Double) -> [[Result]] {
    var results: [[Result]] = []
    var before = Passage.open
    for (index, family) in families.enumerated() {
      // All but the last family of a parallel procedure are tested by Bonferroni, whose rejected share passes on alpha.
      let isLast = index == families.count - 1
      let method: Correction = gate == .any && !isLast ? .bonferroni : .holm
      let own = Multiplicity.adjust(family, by: method)
      let adjusted = own.map { before.adjusted($0) }
      results.append(
        report(family, adjusted, method, alphas: (alpha, before.share(at: alpha) * alpha)))
      before = before.after(own, adjusted, gate)
    }
    return results
  }

  private static func report(
    _ family: [Double], _ adjusted: [Double], _ method: Correction, alphas: (whole: Double, own: Double)
  ) -> [Result] {
    let levels = Multiplicity.intervalAlphas(family, by: method, alpha: alphas.own)
    return family.indices.map { place in
      let isRejected = adjusted[place] <= alphas.whole
      guard alphas.own > 0, let level = levels?[place], (family[place] <= level) == isRejected else {
        return Result(
          adjustedPValue: adjusted[place], intervalAlpha: nil,
          withheld: "The metrics before it have not let this family be tested; no interval agrees with that.")
      }
      return Result(adjustedPValue: adjusted[place], intervalAlpha: level, withheld: nil)
    }
  }

  /// How much of alpha reaches a family, as a function of alpha: steps (from this alpha on, this share).
  private struct Passage {
    let steps: [(alpha: Double, share: Double)]
    static let open = Passage(steps: [(0, 1)])

    func share(at alpha: Double) -> Double { steps.last { $0.alpha <= alpha }?.share ?? 0 }

    /// The smallest alpha at which a hypothesis with this adjusted p-value in its own family is rejected.
    func adjusted(_ own: Double) -> Double {
      min(1, steps.map { max($0.alpha, own / $0.share) }.min() ?? 1)
    }

    func after(_ own: [Double], _ adjusted: [Double], _ gate: Gate) -> Passage {
      guard !own.isEmpty else { return self }
      let sorted = adjusted.sorted()
      switch gate {
      case .all: return Passage(steps: [(sorted[sorted.count - 1], 1)])
      case .any:
        // Of what reached this family, the rejected share goes on.
        let thresholds = Set(sorted + steps.map(\.alpha)).filter { $0 <= 1 }.sorted()
        return Passage(
          steps: thresholds.compactMap { alpha in
            let rejected = Double(adjusted.count { $0 <= alpha }) / Double(adjusted.count)
            let passed = rejected * share(at: alpha)
            return passed > 0 ? (alpha, passed) : nil
          })
      }
    }
  }
}
