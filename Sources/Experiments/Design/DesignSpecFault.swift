import Basics

/// Questions of design that do not fit together.
public struct DesignSpecFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case quantile
    case noBaseline(kind: String)
    case noDeviation(kind: String)
    case notFor(option: String, kind: String)
    case noRelative
    case everythingGiven
    case nothingGiven
    case marginMissing(String)
    case marginNeedless
    case clusterSizeNeedsEffect
    case clustersNeedCorrelation
    case givenTwice(String)
    case looksTwice
    case looksNotFor(String)
  }
  public let kind: Kind
  package init(_ kind: Kind) { self.kind = kind }
  public var position: SourcePosition? { nil }
  public var sentence: String {
    switch kind {
    case .quantile:
      "a design for quantiles is not offered: their variance depends on the density at the quantile. Plan with a mean or a proportion."
    case .noBaseline(let kind):
      "a \(kind) needs its expected value: give --baseline, or --from with past data."
    case .noDeviation(let kind):
      "a \(kind) needs the standard deviation per unit: give --sd, or --from with past data."
    case .notFor(let option, let kind): "\(option) is not for a \(kind)."
    case .noRelative:
      "a relative effect or margin needs a baseline other than 0: give --baseline, or an effect in the metric's unit."
    case .everythingGiven:
      "units, effect and power are all given; leave one of them out and it is solved for."
    case .nothingGiven:
      "nothing to solve for: give the effect (--effect or --lift) for the units, the units (--units) for the effect, or traffic (--units-per-day, --new-units) for both by the day."
    case .marginMissing(let hypothesis):
      "the hypothesis '\(hypothesis)' needs a margin: --margin 2% or in the metric's unit."
    case .marginNeedless:
      "a margin is given, but the hypothesis 'different' has none. Give --hypothesis non-inferior, superior or equivalent."
    case .clusterSizeNeedsEffect:
      "with a fixed number of clusters the units of each are solved for: give the effect (--effect or --lift), and no units."
    case .clustersNeedCorrelation: "clusters need --cluster-size and --icc, or --from with --cluster COLUMN."
    case .looksTwice: "planned looks and another way to look at the data are both given; give one of them."
    case .looksNotFor(let what): "planned looks (--looks) are not for \(what)."
    case .givenTwice(let words): "\(words); give one of them."
    }
  }

  // For those who read options.
  public static let quantiles = DesignSpecFault(.quantile)
  public static let clustersIncomplete = DesignSpecFault(.clustersNeedCorrelation)
  public static func twice(_ words: String) -> DesignSpecFault { DesignSpecFault(.givenTwice(words)) }
}
