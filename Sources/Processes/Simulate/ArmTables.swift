import Allocation
import Workflow

/// The model of each arm, and which arm a unit is in.
struct ArmTables: Sendable {
  /// What holds before the split node.
  let base: ProcessModel
  let baseTable: WalkTable
  let names: [String]
  let tables: [WalkTable]
  /// By arm: the arc to take at a split diamond whose labels are the arms' names.
  let forced: [[Int32?]]
  /// Without a split node the arms' probabilities hold from the start.
  let hasSplit: Bool
  private let allocation: AllocationPlan?

  init(_ model: Model, _ plan: SimulationPlan, overrides: [BranchOverride], folder: String) throws {
    let base = try ProcessModel(model, overrides: overrides, folder: folder)
    var (tables, forced): ([WalkTable], [[Int32?]]) = ([], [])
    for arm in plan.arms {
      let own = try ProcessModel(model, overrides: overrides + arm.overrides, folder: folder)
      tables.append(WalkTable(own))
      forced.append(
        base.net.places.indices.map { station in
          guard base.splits[station] != nil, base.net.outgoing[station].count > 1 else { return nil }
          let labels = base.net.outgoing[station].map { base.net.arcs[$0].edge.map(base.net.label(ofEdge:)) ?? "" }
          guard plan.arms.allSatisfy({ labels.contains($0.name) }) else { return nil }
          return labels.firstIndex(of: arm.name).map(Int32.init)
        })
    }
    if plan.arms.isEmpty {
      allocation = nil
    } else {
      let salt = plan.salt ?? base.splits.sorted { $0.key < $1.key }.first?.value ?? model.id ?? "simulation"
      allocation = try AllocationPlan(
        salt: salt, arms: plan.arms.map { try Allocation.Arm($0.name, weight: $0.weight) })
    }
    (self.base, baseTable, names) = (base, WalkTable(base), plan.arms.map(\.name))
    (self.tables, self.forced, hasSplit) = (tables, forced, !base.splits.isEmpty)
  }

  /// The arm of a unit; ids are `u1`, `u2`, …
  func arm(ofUnit unit: Int) -> Int? {
    guard let allocation else { return nil }
    return try? allocation.assign("u\(unit + 1)").arm
  }
}
