import Basics
import Experiments
import Statistics
import Testing

/// The method `group-sequential` in a spec.
@Suite struct GroupSequentialSpecTests {
  private static func yaml(_ method: String) -> String {
    SpecFixtures.minimalExperiment + "\nmethod: \(method)\n"
  }

  private static func faults(_ method: String) -> String {
    do throws(InputFaults) {
      _ = try ExperimentSpec(yaml: yaml(method))
      return ""
    } catch { return error.faults.map(\.sentence).joined(separator: "\n") }
  }

  @Test func everyKey() throws {
    let spec = try ExperimentSpec(
      yaml: Self.yaml(
        "{ name: group-sequential, planned_units: 40000, spending: kim-demets, parameter: 2, looks: [30%, 0.7, 100%] }")
    )
    let plan = spec.analysisPlan(earlierUnits: [9_000])
    #expect(plan.method == .groupSequential && plan.plannedUnits == 40_000)
    let group = try #require(plan.groupSequential)
    #expect(group.function == .kimDeMets(rho: 2))
    #expect(group.looks == [0.3, 0.7, 1])
    #expect(group.earlierUnits == [9_000])
  }

  @Test func defaults() throws {
    let spec = try ExperimentSpec(yaml: Self.yaml("{ name: group-sequential, planned_units: 40000 }"))
    let group = try #require(spec.analysisPlan.groupSequential)
    #expect(group.function == .lanDeMetsOBrienFleming && group.looks == [0.25, 0.5, 0.75, 1])
    let five = try ExperimentSpec(yaml: Self.yaml("{ name: group-sequential, planned_units: 40000, looks: 5 }"))
    #expect(five.method.groupSequential?.looks == [0.2, 0.4, 0.6, 0.8, 1])
  }

  /// The hash is of the meaning: a default written out changes nothing, another function does.
  @Test func hash() throws {
    func hash(_ more: String) throws -> String {
      try ExperimentSpec(yaml: Self.yaml("{ name: group-sequential, planned_units: 40000\(more) }")).specHash
    }
    #expect(try hash("") == hash(", spending: obrien-fleming, looks: 4"))
    #expect(try hash(", spending: hwang-shih-decani") == hash(", spending: hwang-shih-decani, parameter: -4"))
    #expect(try hash("") != hash(", spending: pocock"))
    #expect(try hash("") != hash(", looks: [50%, 100%]"))
  }

  @Test(arguments: [
    (
      "group-sequential",
      "method: expected a mapping with 'name' and 'planned_units', found 'group-sequential' alone."
    ),
    (
      "{ name: group-sequential }",
      "'method' needs the key 'planned_units': the units, all arms together, at which the last look is planned."
    ),
    (
      "{ name: group-sequential, planned_units: 100, spending: pokock }",
      "method.spending: 'pokock' is not one of obrien-fleming, pocock, hwang-shih-decani, kim-demets. Did you mean 'pocock'?"
    ),
    (
      "{ name: group-sequential, planned_units: 100, spending: pocock, parameter: 1 }",
      "method.parameter: expected no parameter with 'pocock', found '1'."
    ),
    (
      "{ name: group-sequential, planned_units: 100, spending: kim-demets, parameter: -1 }",
      "method.parameter: expected rho, a number in (0, 50], found '-1'."
    ),
    (
      "{ name: group-sequential, planned_units: 100, looks: [50%, 40%, 100%] }",
      "method.looks: expected at most 100 increasing shares of the planned units, the last 1 (100%), found other values."
    ),
    (
      "{ name: group-sequential, planned_units: 100, looks: 101 }",
      "method.looks: expected at most 100 looks, found '101'."
    ),
    (
      "{ name: sequential, planned_units: 100, looks: 4 }",
      "no key 'looks' in 'method'. Known: name, alpha, correction, gatekeeping, planned_units, prior, negligible."
    ),
  ]) func faults(method: String, sentence: String) {
    #expect(Self.faults(method) == sentence)
  }

  /// The schema says the same as the reader.
  @Test(arguments: [
    ("{ name: group-sequential, planned_units: 100 }", true),
    ("{ name: group-sequential, planned_units: 100, spending: hwang-shih-decani, parameter: 1.5, looks: 3 }", true),
    ("{ name: group-sequential, planned_units: 100, looks: [50%, 100%] }", true),
    ("group-sequential", false), ("{ name: group-sequential }", false),
    ("{ name: sequential, looks: 3 }", false), ("{ name: group-sequential, planned_units: 100, looks: [] }", false),
    ("{ name: group-sequential, planned_units: 100, spending: other }", false),
  ]) func schema(method: String, isValid: Bool) throws {
    let schema = try SchemaChecker(ExperimentSpec.jsonSchema)
    #expect(schema.accepts(try SpecTree.json(yaml: Self.yaml(method))) == isValid)
    #expect(((try? ExperimentSpec(yaml: Self.yaml(method))) != nil) == isValid)
  }
}
