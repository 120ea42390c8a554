import ArgumentParser
import Engines

/// Who starts when, and into which groups units are split.
struct CohortStartOptions: ParsableArguments {
  @Option(help: "The event that starts a unit's life; by default its first event.")
  var startEvent: String?

  @Option(help: "The event that counts as coming back; by default any.")
  var returnEvent: String?

  @Option(
    help: ArgumentHelp("The column of the log that holds each unit's start, such as signed_up_at.", valueName: "column")
  )
  var startColumn: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Tables of starts, one row a unit: a signup table, an assignment table.", valueName: "file"))
  var startTable: [String] = []

  @Option(help: ArgumentHelp("The column of times in the table of starts; by default as --time.", valueName: "column"))
  var startTime: String?

  @Flag(help: "A unit joins the cohort of every period in which it starts, not only of its first.")
  var recurring = false

  @Option(help: "Split the cohorts by this column too, of the table of starts if there is one.")
  var by: String?

  @Option(help: "Split by this column of experiment arms: as --by, and the arms' sizes are checked.")
  var arm: String?

  @Option(help: "The group or arm that the others are compared with; by default the largest.")
  var control: String?

  @Option(help: ArgumentHelp("Split by whether a unit has this event in its first days.", valueName: "event"))
  var byEarly: String?

  @Option(help: "How many first days, for --by-early.")
  var earlyDays = 7

  func validate() throws {
    if [by, arm, byEarly].compactMap({ $0 }).count > 1 {
      throw ValidationError("--by, --arm and --by-early: give one of them.")
    }
    if startTime != nil, startTable.isEmpty { throw ValidationError("--start-time: needs --start-table.") }
  }

  func fill(_ columns: inout EventLogReader.Columns) {
    columns.startEvent = startEvent
    columns.returnEvent = returnEvent
    columns.start = startColumn
    if startTable.isEmpty { columns.segment = by ?? arm }
  }

  /// - Parameter unit: the column of units, the same in the table.
  func table(unit: String) -> EventLogReader.StartTable? {
    guard !startTable.isEmpty else { return nil }
    return EventLogReader.StartTable(
      files: startTable, unit: unit, time: startTime ?? "occurred_at", segment: by ?? arm)
  }
}
