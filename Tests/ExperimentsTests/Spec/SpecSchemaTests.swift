import Basics
import Experiments
import Foundation
import TestSupport
import Testing

/// The schema that is shipped and the reader that runs must be the same grammar.
@Suite struct SpecSchemaTests {
  struct Grammar: Sendable, CustomTestStringConvertible {
    let name: String
    let schema: String
    let full: String
    let minimal: String
    let accepts: @Sendable (String) -> Bool
    var testDescription: String { name }
  }

  static let grammars = [
    Grammar(
      name: "experiment", schema: ExperimentSpec.jsonSchema, full: SpecFixtures.fullExperiment,
      minimal: SpecFixtures.minimalExperiment, accepts: { (try? ExperimentSpec(yaml: $0)) != nil }),
    Grammar(
      name: "experiment", schema: ExperimentSpec.jsonSchema, full: SpecFixtures.bayesianExperiment,
      minimal: SpecFixtures.minimalExperiment, accepts: { (try? ExperimentSpec(yaml: $0)) != nil }),
    Grammar(
      name: "experiment", schema: ExperimentSpec.jsonSchema, full: SpecFixtures.surroundedExperiment,
      minimal: SpecFixtures.minimalExperiment, accepts: { (try? ExperimentSpec(yaml: $0)) != nil }),
    Grammar(
      name: "cohort", schema: CohortSpec.jsonSchema, full: SpecFixtures.fullCohort,
      minimal: SpecFixtures.minimalCohort, accepts: { (try? CohortSpec(yaml: $0)) != nil }),
    Grammar(
      name: "cohort", schema: CohortSpec.jsonSchema, full: SpecFixtures.signupCohort,
      minimal: SpecFixtures.minimalCohort, accepts: { (try? CohortSpec(yaml: $0)) != nil }),
  ]

  @Test(arguments: grammars) func fixturesConform(grammar: Grammar) throws {
    let schema = try SchemaChecker(grammar.schema)
    for yaml in [grammar.full, grammar.minimal] {
      #expect(grammar.accepts(yaml))
      let json = try specJSON(yaml)
      #expect(schema.accepts(json))
      #expect(grammar.accepts(json.text()), "as JSON")
    }
  }

  /// Each value of the full spec in turn is removed, replaced by values of every type, or given an unknown neighbour: the
  /// reader refuses exactly what the schema refuses, but for rules between places, which only the reader knows.
  @Test(arguments: grammars) func mutationsAgree(grammar: Grammar) throws {
    let schema = try SchemaChecker(grammar.schema)
    let document = try specJSON(grammar.full)
    let strangers: [JSONValue] = [
      "text", 0.5, 3, -1, true, [], ["text"], [:], ["unknown": 1], "5%", "7d", "150%", "-1%", "1 parsec", "p101",
    ]
    var refused = 0
    for path in document.paths where !path.isEmpty {
      var mutants = strangers.map { document.replacing(path, by: $0) }
      mutants.append(document.removing(path))
      if document.at(path)?.object != nil { mutants.append(document.replacing(path + [.key("unknwon")], by: 1)) }
      for mutant in mutants {
        let byReader = grammar.accepts(mutant.text())
        let bySchema = schema.accepts(mutant)
        if !bySchema {
          refused += 1
          #expect(!byReader, "only the schema refuses \(path): \(mutant.at(path)?.text() ?? "removed")")
        } else if !byReader, !isBetweenPlaces(path, grammar.name) {
          Issue.record("only the reader refuses \(path): \(mutant.at(path)?.text() ?? "removed")")
        }
      }
    }
    // Each place refuses several strangers.
    #expect(refused > 3 * document.paths.count)
  }

  /// Rules that a schema cannot state: names used in two places, rising stages, weights, metric texts, ordered brackets and cuts.
  private func isBetweenPlaces(_ path: [JSONStep], _ grammar: String) -> Bool {
    let text = path.map(\.description).joined(separator: ".")
    let prefixes =
      grammar == "experiment"
      ? [
        "variants", "control", "allocation.weights", "rollout.stages", "metrics", "allocation.coverage", "method.name",
        "allocation.layer", "allocation.holdout.share", "allocation.overrides",
      ]
      : [
        "cohorts.retention", "cohorts.brackets", "data.event", "data.amount", "ltv", "data.start_event",
        "data.return_event", "behaviour.funnel.steps", "behaviour.rfm",
      ]
    return prefixes.contains { text == $0 || text.hasPrefix($0 + ".") }
  }

  private func specJSON(_ yaml: String) throws -> JSONValue { try SpecTree.json(yaml: yaml) }
}
