import TestSupport
import Testing
import Workflow

/// Small models of any kind, most of them broken.
struct SmallModels {
  var generator: SeededGenerator

  mutating func next() -> Model {
    let count = Int.random(in: 1...6, using: &generator)
    var model = Model(lanes: [Lane(name: "L")])
    for index in 0..<count {
      // Mostly one start, some ends, tasks between: so that a good share is sound.
      let isEnd = index == 0 || index == count - 1 || Int.random(in: 0..<6, using: &generator) == 0
      let shape = isEnd ? Shape.circle : Bool.random(using: &generator) ? .rectangle : .diamond
      model.nodes.append(Node(id: "n\(index)", shape: shape, label: "n\(index)", lane: "L"))
    }
    for index in 0..<(count - 1) {
      edge(&model, index, Int.random(in: 0..<4, using: &generator) == 0 ? nil : index + 1)
    }
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      edge(&model, Int.random(in: 0..<count, using: &generator), nil)
    }
    return model
  }

  private mutating func edge(_ model: inout Model, _ source: Int, _ target: Int?) {
    let target = target ?? Int.random(in: 0..<model.nodes.count, using: &generator)
    model.edges.append(
      Edge(from: .init("n\(source)", .right), to: .init("n\(target)", .left), label: "e\(model.edges.count)"))
  }
}

@Suite struct SoundnessTests {
  @Test func agreesWithTheTokenGameOnAHundredThousandModels() {
    var models = SmallModels(generator: SeededGenerator(seed: 11))
    var sound = 0
    for index in 0..<100_000 {
      let model = models.next()
      let expected = TokenGame(model).isSound
      if expected { sound += 1 }
      #expect(Soundness(ModelGraph(model)).isSound == expected, "model \(index): \(model)")
    }
    // Both answers are met often.
    #expect(sound > 5_000 && sound < 95_000)
  }

  /// Every change of one edge's target, tried out by the token game.
  @Test func repairsAreAllSingleEdgeChangesThatMakeAModelSound() {
    var models = SmallModels(generator: SeededGenerator(seed: 12))
    var found = 0
    for index in 0..<4_000 {
      let model = models.next()
      guard !Soundness(ModelGraph(model)).isSound else { continue }
      var expected: Set<[String]> = []
      for edge in model.edges.indices {
        for node in model.nodes where node.id != model.edges[edge].target.node {
          var changed = model
          changed.edges[edge].target.node = node.id
          if TokenGame(changed).isSound { expected.insert(["\(edge)", node.id]) }
        }
      }
      let repairs = Repairs(ModelGraph(model)).all()
      let got = Set(repairs.map { repair in ["\(model.edges.firstIndex(of: repair.edge) ?? -1)", repair.newTarget] })
      found += expected.count
      #expect(got == expected && got.count == repairs.count, "model \(index): \(model)")
    }
    #expect(found > 1_000)
  }
}
