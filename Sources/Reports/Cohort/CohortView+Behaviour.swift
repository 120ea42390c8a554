import Cohorts

extension CohortView {
  /// Everything about behaviour, a section each.
  var behaviourSections: [Section] {
    guard let behaviour = report.behaviour else { return [] }
    var sections: [Section] = []
    if let habits = behaviour.habits { sections += [lifecycle(habits), halfLives(habits)] }
    sections += (behaviour.funnels ?? []).map(funnel)
    if let rfm = behaviour.rfm { sections.append(self.rfm(rfm)) }
    if let paths = behaviour.paths { sections += [self.paths(paths), transitions(paths)] }
    if let early = behaviour.early { sections.append(self.early(early)) }
    if let sequences = behaviour.sequences { sections.append(self.sequences(sequences)) }
    if let clusters = behaviour.clusters { sections.append(self.clusters(clusters)) }
    return sections
  }

  private func share(_ value: CohortEstimate?) -> String {
    guard let value else { return format.missing }
    let limits = interval(value.lower, value.upper)
    return limits == format.missing ? rate(value.estimate) : "\(rate(value.estimate)) \(limits)"
  }

  private func points(_ value: CohortEstimate?) -> String {
    guard let value else { return format.missing }
    let limits = format.pointsInterval(value.lower, value.upper)
    return limits == format.missing ? format.points(value.estimate) : "\(format.points(value.estimate)) \(limits)"
  }

  private func lifecycle(_ habits: Habits) -> Section {
    Section(
      "Lifecycle and stickiness",
      words: "Complete \(period)s. Stickiness: mean share of the \(period)'s days on which an active unit was active.",
      [
        .init(period), .init("active", numeric: true), .init("new", numeric: true),
        .init("returning", numeric: true), .init("resurrecting", numeric: true, droppedAt: 2),
        .init("dormant", numeric: true, droppedAt: 3), .init("return rate", numeric: true),
        .init("stickiness", numeric: true, droppedAt: 1), .init("quick ratio", numeric: true, droppedAt: 4),
      ],
      habits.periods.map { row in
        [
          row.period, format.count(row.active), format.count(row.new), format.count(row.returning),
          format.count(row.resurrecting), format.count(row.dormant), share(row.returnRate), share(row.stickiness),
          format.number(row.quickRatio, digits: 3),
        ]
      })
  }

  private func halfLives(_ habits: Habits) -> Section {
    Section(
      "Half-life by cohort", words: "Days until half of the cohort has churned, by Kaplan-Meier.",
      [.init("cohort"), .init("units", numeric: true), .init("days", numeric: true), .init("\(level) interval")],
      habits.halfLives.map { row in
        let limits =
          row.lower == nil && row.upper == nil
          ? format.missing
          : format.interval(row.lower ?? -.infinity, row.upper ?? .infinity) { format.number($0) }
        return [row.cohort, format.count(row.units), row.days.map { format.number($0) } ?? "not reached", limits]
      })
  }

  private func funnel(_ funnel: FunnelReport) -> Section {
    let last = funnel.medianHoursToConvert.map { "half of those who start get to the end within \(estimate($0)) hours" }
    return Section(
      "Funnel" + (funnel.segment.map { ": \($0)" } ?? ""),
      words: last ?? "Fewer than half of those who start get to the end.",
      [
        .init("step"), .init("units", numeric: true), .init("of the first", numeric: true),
        .init("of the one before", numeric: true, droppedAt: 1), .init("median hours", numeric: true, droppedAt: 2),
      ],
      funnel.steps.map { step in
        let mark = step.kind == .required ? "" : step.kind == .optional ? " (optional)" : " (excluded)"
        return [
          step.name + mark, format.count(step.units), share(step.fromStart), share(step.fromPrevious),
          format.number(step.medianHours),
        ]
      })
  }

  private func rfm(_ rfm: RFMReport) -> Section {
    Section(
      "Recency, frequency, monetary value",
      words: "\(format.count(rfm.customers)) customers by score, 1 the worst; equal values share a score.",
      [
        .init("recency", numeric: true), .init("frequency", numeric: true), .init("customers", numeric: true),
        .init("share", numeric: true), .init("days since", numeric: true, droppedAt: 3),
        .init("orders", numeric: true, droppedAt: 2), .init("mean value", numeric: true, droppedAt: 1),
        .init("of all value", numeric: true),
      ],
      rfm.cells.map { cell in
        [
          "\(cell.recencyScore)", "\(cell.frequencyScore)", format.count(cell.customers), rate(cell.share),
          format.number(cell.meanRecencyDays), format.number(cell.meanFrequency), format.number(cell.meanMonetary),
          rate(cell.shareOfValue),
        ]
      })
  }

  private func paths(_ paths: PathReport) -> Section {
    Section(
      "First \(paths.length) steps",
      words: "Consecutive events of one name count once. \(format.count(paths.units)) units.",
      [.init("path"), .init("units", numeric: true), .init("share", numeric: true)],
      paths.paths.map { [$0.steps.joined(separator: " → "), format.count($0.units), share($0.share)] })
  }

  private func transitions(_ paths: PathReport) -> Section {
    Section(
      "What follows what", words: "Of the units at a step at that place of the path.",
      [
        .init("place", numeric: true), .init("from"), .init("to"), .init("units", numeric: true, droppedAt: 1),
        .init("share", numeric: true),
      ],
      paths.transitions.map { one in
        ["\(one.place)", one.from, one.to ?? "(nothing)", format.count(one.units), share(one.share)]
      })
  }

  private func early(_ early: EarlyBehaviourReport) -> Section {
    Section(
      "What units that come back did in their first \(early.days) days",
      words:
        "Associations. Came back: active in the \(early.days) days after; of \(format.count(early.units)) units \(share(early.returned)). "
        + "Adjusted: within strata of the number of other early events. p adjusted by Holm's method.",
      [
        .init("behaviour"), .init("units", numeric: true), .init("came back, did", numeric: true, droppedAt: 2),
        .init("did not", numeric: true, droppedAt: 3), .init("difference", numeric: true, droppedAt: 1),
        .init("adjusted", numeric: true), .init("p adjusted", numeric: true),
      ],
      early.behaviours.map { one in
        [
          one.name, format.count(one.units), share(one.returnedDid), share(one.returnedDidNot), points(one.difference),
          points(one.adjusted), format.pValue(one.adjustedPValue),
        ]
      })
  }

  private func sequences(_ sequences: SequenceReport) -> Section {
    Section(
      "Frequent sequences",
      words: "In this order, other events in between allowed; of \(format.count(sequences.found)) with at least "
        + "\(rate(sequences.minimumSupport)) of \(format.count(sequences.units, "unit")) the first \(sequences.sequences.count). "
        + "Left out: those within a longer one of as many units.",
      [.init("sequence"), .init("units", numeric: true), .init("share", numeric: true)],
      sequences.sequences.map { [$0.steps.joined(separator: " → "), format.count($0.units), share($0.share)] })
  }

  private func clusters(_ clusters: ClusterReport) -> Section {
    let quality =
      clusters.silhouette < 0.25 ? "hardly separate" : clusters.silhouette < 0.5 ? "weakly separate" : "separate"
    return Section(
      "Groups that behave alike in their first \(clusters.days) days",
      words:
        "k-means on \(clusters.components) principal components (\(rate(clusters.varianceKept)) of the variance); the groups are "
        + "\(quality), mean silhouette \(format.number(clusters.silhouette, digits: 2)).",
      [
        .init("units", numeric: true), .init("share", numeric: true), .init("what sets them apart"),
        .init("came back", numeric: true),
      ],
      clusters.clusters.map { [format.count($0.units), rate($0.share), $0.description, share($0.returned)] })
  }
}
