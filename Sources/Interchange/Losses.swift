import Workflow

/// What a form cannot say, each thing once, with the places where the model says it.
struct Losses {
  private var entries: [(sentence: String, places: [String])] = []

  mutating func add(_ sentence: String, at place: String) {
    if let known = entries.firstIndex(where: { $0.sentence == sentence }) {
      entries[known].places.append(place)
    } else {
      entries.append((sentence, [place]))
    }
  }

  mutating func add(_ sentence: String) { entries.append((sentence, [])) }

  /// Notes in one sentence the attributes that are not carried over: "left out: duration=, split=".
  mutating func attributes(of model: Model, carried: Set<String>, fate: String = "left out") {
    var names: [String] = []
    for attribute in model.nodes.flatMap(\.attributes.list) + model.edges.flatMap(\.attributes.list)
    where !carried.contains(attribute.name) && !names.contains(attribute.name) { names.append(attribute.name) }
    if !names.isEmpty { add("\(fate): " + names.map { "\($0)=" }.joined(separator: ", ")) }
  }

  /// One sentence a loss, the first three places by name.
  var sentences: [String] {
    entries.map { entry in
      guard !entry.places.isEmpty else { return entry.sentence }
      let named = entry.places.prefix(3).joined(separator: ", ")
      let more = entry.places.count > 3 ? " and \(entry.places.count - 3) more" : ""
      return "\(entry.sentence) (\(named)\(more))"
    }
  }
}
