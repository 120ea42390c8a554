import ArgumentParser
import Cohorts
import Foundation

/// Which views of behaviour are added to a cohort report.
struct CohortBehaviourOptions: ParsableArguments {
  @Option(help: "The column with events' names.")
  var event: String?

  @Flag(help: "Stickiness, lifecycle (new, returning, resurrecting, dormant) and the cohorts' half-life.")
  var habits = false

  @Option(
    help: ArgumentHelp(
      "An ordered funnel of events; 'name?' is optional, '!name' excluded. May be all of --event's values.",
      valueName: "steps"))
  var funnel: String?

  @Option(help: ArgumentHelp("How long a funnel may take, such as 7d, 12h or 30m.", valueName: "time"))
  var funnelWindow: String?

  @Option(
    help: ArgumentHelp(
      "Recency, frequency, monetary value: levels such as 5, or cuts such as 'r=7,30,90 f=2,5 m=50,200'.",
      valueName: "scale"))
  var rfm: String?

  @Option(help: "The most frequent paths of so many steps from the start.")
  var paths: Int?

  @Option(help: "What units that come back did in so many first days.")
  var early: Int?

  @Option(help: ArgumentHelp("Frequent sequences of events of at least this share of units.", valueName: "share"))
  var sequences: Double?

  @Option(help: ArgumentHelp("Groups that behave alike in so many first days.", valueName: "days"))
  var clusters: Int?

  func settings(hasEarlyGroups: Bool) throws -> BehaviourSettings {
    let needsEvent = [
      ("--funnel", funnel != nil), ("--paths", paths != nil), ("--early", early != nil),
      ("--sequences", sequences != nil),
      ("--by-early", hasEarlyGroups),
    ]
    if event == nil, let option = needsEvent.first(where: \.1)?.0 {
      throw UsageFault(sentence: "\(option): needs the column with events' names, --event.")
    }
    var settings = BehaviourSettings()
    settings.habits = habits
    settings.funnel = try funnel.map { FunnelDefinition($0, windowSeconds: try windowSeconds()) }
    settings.rfm = try rfm.map(scale)
    settings.pathLength = paths
    settings.earlyDays = early
    settings.clusterDays = clusters
    if let sequences {
      var wanted = SequenceSettings()
      wanted.minimumSupport = sequences
      settings.sequences = wanted
    }
    return settings
  }

  private func windowSeconds() throws -> Int64? {
    guard let funnelWindow else { return nil }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    guard let unit = funnelWindow.last.flatMap({ units[$0] }), let number = Double(funnelWindow.dropLast()),
      number > 0, number * unit < 1e12
    else {
      throw UsageFault(sentence: "--funnel-window: expected a time such as 7d, 12h or 30m, found '\(funnelWindow)'.")
    }
    return Int64((number * unit).rounded())
  }

  private func scale(_ text: String) throws -> RFMScale {
    if let levels = Int(text) { return RFMScale(levels: levels) }
    var scale = RFMScale()
    for part in text.split(separator: " ") {
      let sides = part.split(separator: "=", maxSplits: 1)
      let cuts = (sides.last ?? "").split(separator: ",").map { Double($0) }
      guard sides.count == 2, !cuts.isEmpty, !cuts.contains(nil) else { throw badScale(text) }
      switch sides[0] {
      case "r": scale.recencyCuts = cuts.compactMap { $0 }
      case "f": scale.frequencyCuts = cuts.compactMap { $0 }
      case "m": scale.monetaryCuts = cuts.compactMap { $0 }
      default: throw badScale(text)
      }
    }
    return scale
  }

  private func badScale(_ text: String) -> UsageFault {
    UsageFault(sentence: "--rfm: expected levels such as 5 or cuts such as 'r=7,30 f=2,5 m=50,200', found '\(text)'.")
  }
}
