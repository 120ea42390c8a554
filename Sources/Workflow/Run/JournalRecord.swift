import Basics
import Foundation

/// One line of a run's journal.
public struct JournalRecord: Sendable, Hashable {
  public enum Event: Sendable, Hashable {
    /// The first record: what is run.
    case began(run: String, modelHash: String, inputs: JSONValue)
    /// A node was done. `next` is the node to which the token moves, nil at an end.
    case completed(node: String, visit: Int, step: String?, result: JSONValue, choice: String?, next: String?)
    case waiting(node: String, visit: Int, Wait)
    case answered(node: String, visit: Int, Answer)
    /// A step threw; the next `advance` tries it again.
    case failed(node: String, visit: Int, attempt: Int, message: String)
    /// The run is given up; what has `undo=` is undone, the latest first.
    case aborted(by: String, reason: String)
    /// The `undo=` step of a completed visit was run.
    case undone(node: String, visit: Int, step: String, result: JSONValue)
    /// From here on another model is followed, kept in `file`; `map` says where nodes went that have another id now.
    case migrated(modelHash: String, file: String, map: [String: String])
  }
  /// 0, 1, 2, …
  public let sequence: Int
  /// ISO 8601 in UTC, for readers: nothing is decided by it.
  public let time: String
  public let event: Event
}

extension JournalRecord {
  static let schema = "verdict.journal/1"

  static func timestamp(_ date: Date) -> String { date.formatted(.iso8601.time(includingFractionalSeconds: true)) }

  package var json: JSONObject {
    var object = JSONObject([("seq", .integer(sequence)), ("time", .string(time))])
    func member(_ key: String, _ value: JSONValue) { object[key] = value }
    func visit(_ kind: String, _ node: String, _ visit: Int) {
      member("event", .string(kind))
      member("node", .string(node))
      member("visit", .integer(visit))
    }
    switch event {
    case .began(let run, let modelHash, let inputs):
      member("event", "began")
      member("schema", .string(Self.schema))
      member("run", .string(run))
      member("model", .string(modelHash))
      member("version", .string(ToolVersion.current))
      member("inputs", inputs)
    case .completed(let node, let number, let step, let result, let choice, let next):
      visit("completed", node, number)
      if let step { member("step", .string(step)) }
      member("result", result)
      if let choice { member("choice", .string(choice)) }
      if let next { member("next", .string(next)) }
    case .waiting(let node, let number, let wait):
      visit("waiting", node, number)
      member("wait", wait.json)
    case .answered(let node, let number, let answer):
      visit("answered", node, number)
      member("answer", answer.json)
    case .failed(let node, let number, let attempt, let message):
      visit("failed", node, number)
      member("attempt", .integer(attempt))
      member("message", .string(message))
    case .aborted(let by, let reason):
      member("event", "aborted")
      member("by", .string(by))
      member("reason", .string(reason))
    case .undone(let node, let number, let step, let result):
      visit("undone", node, number)
      member("step", .string(step))
      member("result", result)
    case .migrated(let hash, let file, let map):
      member("event", "migrated")
      member("model", .string(hash))
      member("file", .string(file))
      member("map", .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })))
    }
    return object
  }

  /// Nil if the object is not a record of this schema.
  init?(_ json: JSONValue) {
    guard let sequence = json["seq"]?.int, let time = json["time"]?.string, let event = Event(json) else { return nil }
    self.init(sequence: sequence, time: time, event: event)
  }
}

extension JournalRecord.Event {
  fileprivate init?(_ json: JSONValue) {
    if json["event"]?.string == "began" {
      guard json["schema"]?.string == JournalRecord.schema, let run = json["run"]?.string,
        let model = json["model"]?.string
      else { return nil }
      self = .began(run: run, modelHash: model, inputs: json["inputs"] ?? .null)
      return
    }
    if let other = Self.ofRun(json) {
      self = other
      return
    }
    guard let node = json["node"]?.string, let visit = json["visit"]?.int else { return nil }
    switch json["event"]?.string {
    case "completed":
      self = .completed(
        node: node, visit: visit, step: json["step"]?.string, result: json["result"] ?? .null,
        choice: json["choice"]?.string, next: json["next"]?.string)
    case "waiting":
      guard let wait = json["wait"].flatMap(Wait.init) else { return nil }
      self = .waiting(node: node, visit: visit, wait)
    case "answered":
      guard let answer = json["answer"].flatMap(Answer.init) else { return nil }
      self = .answered(node: node, visit: visit, answer)
    case "failed":
      guard let attempt = json["attempt"]?.int, let message = json["message"]?.string else { return nil }
      self = .failed(node: node, visit: visit, attempt: attempt, message: message)
    case "undone":
      guard let step = json["step"]?.string else { return nil }
      self = .undone(node: node, visit: visit, step: step, result: json["result"] ?? .null)
    default: return nil
    }
  }

  /// Records of the run as a whole.
  private static func ofRun(_ json: JSONValue) -> JournalRecord.Event? {
    switch json["event"]?.string {
    case "aborted":
      guard let by = json["by"]?.string, let reason = json["reason"]?.string else { return nil }
      return .aborted(by: by, reason: reason)
    case "migrated":
      guard let hash = json["model"]?.string, let file = json["file"]?.string else { return nil }
      var map: [String: String] = [:]
      for member in json["map"]?.object?.members ?? [] { map[member.key] = member.value.string }
      return .migrated(modelHash: hash, file: file, map: map)
    default: return nil
    }
  }
}

extension Wait {
  var json: JSONValue {
    switch self {
    case .data(let what): ["for": "data", "what": .string(what)]
    case .time(let until, let what): ["for": "time", "until": .integer(Int(until)), "what": .string(what)]
    case .approval(let role, let question): ["for": "approval", "role": .string(role), "question": .string(question)]
    }
  }

  init?(_ json: JSONValue) {
    switch (json["for"]?.string, json["what"]?.string) {
    case ("data", let what?): self = .data(what)
    case ("time", let what?):
      guard let until = json["until"]?.int else { return nil }
      self = .time(until: Int64(until), what)
    case ("approval", _):
      guard let role = json["role"]?.string, let question = json["question"]?.string else { return nil }
      self = .approval(role: role, question: question)
    default: return nil
    }
  }
}

extension Answer {
  var json: JSONValue {
    var object = JSONObject([("by", .string(by))])
    if let choice { object["choice"] = .string(choice) }
    if let comment { object["comment"] = .string(comment) }
    if let signature { object["signature"] = .string(signature) }
    return .object(object)
  }

  init?(_ json: JSONValue) {
    guard let by = json["by"]?.string else { return nil }
    self.init(choice: json["choice"]?.string, by: by, comment: json["comment"]?.string)
    signature = json["signature"]?.string
  }
}
