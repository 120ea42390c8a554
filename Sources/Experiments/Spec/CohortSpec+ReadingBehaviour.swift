import Basics

extension CohortSpec {
  /// Seven first days are looked at where events have names.
  private static let usualEarlyDays = 7

  static func readBehaviour(_ root: SpecReader, hasEvents: Bool) -> Behaviour {
    var behaviour = Behaviour()
    if hasEvents { behaviour.earlyDays = usualEarlyDays }
    guard let reader = root.mapping("behaviour") else { return behaviour }
    behaviour.earlyDays = reader.days("early") ?? behaviour.earlyDays
    behaviour.habits = reader.bool("habits") ?? false
    behaviour.funnel = readFunnel(reader)
    behaviour.rfm = readRFM(reader)
    behaviour.pathLength = reader.integer("paths", in: 1...20)
    behaviour.sequenceShare = reader.share("sequences", "a share of units above 0, at most 1") { $0 > 0 && $0 <= 1 }
    behaviour.clusterDays = reader.days("clusters")
    reader.finish()
    return behaviour
  }

  private static func readFunnel(_ root: SpecReader) -> Funnel? {
    guard let reader = root.mapping("funnel") else { return nil }
    reader.require("steps", "at least two events, such as [signup, cart?, buy]")
    let funnel = Funnel(steps: reader.texts("steps") ?? [], window: reader.duration("within"))
    if let node = reader.node("steps"), !funnel.steps.isEmpty, !isFunnel(funnel.steps) {
      let expected = "at least two events, the first and the last neither optional ('cart?') nor excluded ('!refund')"
      reader.faults.add(.badValue("behaviour.funnel.steps", expected: expected, found: node.found), node.position)
    }
    reader.finish()
    return funnel
  }

  private static func isFunnel(_ steps: [String]) -> Bool {
    func isRequired(_ step: String) -> Bool { !step.hasPrefix("!") && !step.hasSuffix("?") }
    return steps.count >= 2 && isRequired(steps[0]) && isRequired(steps[steps.count - 1])
  }

  private static func readRFM(_ root: SpecReader) -> RFM? {
    guard let reader = root.mapping("rfm") else { return nil }
    var scale = RFM()
    scale.levels = reader.integer("levels", in: 2...100) ?? scale.levels
    scale.recencyCuts = reader.ascending("recency")
    scale.frequencyCuts = reader.ascending("frequency")
    scale.monetaryCuts = reader.ascending("monetary")
    reader.finish()
    return scale
  }
}
