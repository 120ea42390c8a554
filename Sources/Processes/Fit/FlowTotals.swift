/// The counts of a whole log with the table that made them: what a model is fitted to.
package struct FlowTotals: Sendable {
  let counts: FlowCounts
  let table: StepTable

  /// Keys of the times that a node took: from start to complete where the log has starts, else since the event before.
  func times(of station: Int) -> [UInt64] {
    counts.work[station].isEmpty ? counts.spent[station] : counts.work[station]
  }
}
