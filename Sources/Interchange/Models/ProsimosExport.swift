import Basics
import Processes
import Workflow

/// The scenario of a Prosimos simulation for the BPMN file of the same model: who works, how long, and which way.
///
/// - Source: AutomatedProcessImprovement/Prosimos, the six sections of its JSON; distributions as in pix-framework: `fix` (value),
///   `expon` (mean, least, most), `lognorm` (mean, variance, least, most), `gamma` (the same), `uniform` (least, most).
struct ProsimosExport {
  /// Stands for servers without number.
  private static let unlimited = 10_000
  private static let longest = 1e10
  private let model: Model
  private let process: ProcessModel
  private let bpmn: BPMNExport
  private var graph: ModelGraph { process.net.graph }

  /// - Throws: `ProcessFault` if the model has no probabilities, or is not sound.
  init(_ model: Model, folder: String) throws(ProcessFault) {
    self.model = model
    process = try ProcessModel(model, folder: folder)
    bpmn = BPMNExport(model)
  }

  func export() -> ModelExport {
    let scenario: JSONValue = [
      "resource_profiles": .array(tasks.map(profile)),
      "arrival_time_distribution": distribution(.exponential(mean: 60), fixed: 0, mean: 60, variance: 3600),
      "arrival_time_calendar": .array(Self.periods(nil)),
      "gateway_branching_probabilities": .array(graph.nodes.indices.filter { bpmn.kind($0) == .gateway }.map(gateway)),
      "task_resource_distribution": .array(
        tasks.map { task in
          let time = process.times[task]
          return [
            "task_id": .string(graph.nodes[task].id),
            "resources": [merged(distribution(time), ["resource_id": .string(resource(task))])],
          ]
        }),
      "resource_calendars": .array(calendars),
      "event_distribution": .array(
        graph.nodes.indices.filter { bpmn.kind($0) == .timer }.map { node in
          merged(distribution(process.times[node]), ["event_id": .string(graph.nodes[node].id)])
        }),
    ]
    return ModelExport(text: scenario.text(pretty: true), losses: losses)
  }

  private var tasks: [Int] {
    graph.nodes.indices.filter { [.task, .user, .service].contains(bpmn.kind($0)) }
  }

  // MARK: - Who

  private func resource(_ node: Int) -> String {
    process.pool[node].map { "pool_\(process.pools[$0].name)" } ?? "any_\(graph.nodes[node].id)"
  }

  private func profile(_ task: Int) -> JSONValue {
    let pool = process.pool[task].map { process.pools[$0] }
    let assigned = tasks.filter { resource($0) == resource(task) }.map { JSONValue.string(graph.nodes[$0].id) }
    return [
      "id": .string(graph.nodes[task].id), "name": .string(graph.nodes[task].label),
      "resource_list": [
        [
          "id": .string(resource(task)), "name": .string(pool?.name ?? graph.nodes[task].lane), "cost_per_hour": 0,
          "amount": .integer(pool?.servers ?? Self.unlimited), "calendar": .string(Self.calendarID(pool)),
          "assigned_tasks": .array(assigned),
        ]
      ],
    ]
  }

  private static func calendarID(_ pool: ProcessModel.Pool?) -> String {
    guard let pool, pool.hours != nil else { return "always" }
    return "hours_\(pool.name)"
  }

  private var calendars: [JSONValue] {
    [["id": "always", "name": "always", "time_periods": .array(Self.periods(nil))]]
      + process.pools.filter { $0.hours != nil }.map { pool in
        [
          "id": .string(Self.calendarID(pool)), "name": .string(pool.name),
          "time_periods": .array(Self.periods(pool.hours)),
        ]
      }
  }

  private static let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]

  /// Shifts cut at midnight, for a period of Prosimos is hours of a day.
  private static func periods(_ hours: WorkingHours?) -> [JSONValue] {
    guard let hours else { return [period("MONDAY", "SUNDAY", 0, 86_399)] }
    return hours.shifts.flatMap { shift in
      days.indices.compactMap { day in
        let (from, to) = (shift.lowerBound - Double(day) * 86_400, shift.upperBound - Double(day) * 86_400)
        guard from < 86_400, to > 0 else { return nil }
        return period(days[day], days[day], Int(max(from, 0)), Int(min(to, 86_399)))
      }
    }
  }

  private static func period(_ from: String, _ to: String, _ begin: Int, _ end: Int) -> JSONValue {
    func clock(_ seconds: Int) -> JSONValue {
      let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
      return .string(parts.joined(separator: ":"))
    }
    return ["from": .string(from), "to": .string(to), "beginTime": clock(begin), "endTime": clock(end)]
  }

  // MARK: - How long, and which way

  private func distribution(_ time: StationTime) -> JSONValue {
    distribution(time.law, fixed: time.fixed, mean: time.mean, variance: time.variance)
  }

  private func distribution(_ law: StationTime.Law, fixed: Double, mean: Double, variance: Double) -> JSONValue {
    let (name, values): (String, [Double]) =
      switch law {
      case .none: ("fix", [fixed])
      case .exponential where fixed == 0: ("expon", [mean, 0, Self.longest])
      case .uniform(let low, let width): ("uniform", [fixed + low, fixed + low + width])
      case .weibull where fixed == 0: ("gamma", [mean, variance, 0, Self.longest])
      default: ("lognorm", [mean, variance, fixed, Self.longest])
      }
    return [
      "distribution_name": .string(name), "distribution_params": .array(values.map { ["value": .number($0)] }),
    ]
  }

  private func gateway(_ node: Int) -> JSONValue {
    let paths = process.net.outgoing[node].compactMap { arc -> JSONValue? in
      guard let edge = process.net.arcs[arc].edge else { return nil }
      return ["path_id": .string(BPMNExport.flowID(edge)), "value": .number(process.probabilities[arc])]
    }
    return ["gateway_id": .string(graph.nodes[node].id), "probabilities": .array(paths)]
  }

  private func merged(_ value: JSONValue, _ more: JSONObject) -> JSONValue {
    var object = more
    for member in value.object?.members ?? [] { object[member.key] = member.value }
    return .object(object)
  }

  private var losses: [String] {
    var losses = Losses()
    losses.add("cases come at random every 60 s on average; say otherwise in arrival_time_distribution")
    for (station, time) in process.times.enumerated() where station < process.net.nodeCount {
      let id = graph.nodes[station].id
      switch time.law {
      case .weibull: losses.add("a Weibull duration becomes a gamma of the same mean and variance", at: id)
      case .empirical: losses.add("an empirical duration becomes a lognormal of the same mean and variance", at: id)
      case .exponential where time.fixed > 0, .lognormal where time.fixed > 0:
        losses.add("wait= with a random duration becomes one lognormal of the same mean and variance", at: id)
      default: continue
      }
    }
    if process.pool.prefix(process.net.nodeCount).contains(where: { $0 == nil }) {
      losses.add("nodes without resources= get \(Self.unlimited) servers")
    }
    if !process.splits.isEmpty { losses.add("split= is left out: Prosimos has no variants") }
    return losses.sentences
  }
}
