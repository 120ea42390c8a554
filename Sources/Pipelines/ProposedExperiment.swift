import Basics
import Cohorts
import Experiments

/// An experiment spec that tests a pattern which a cohort analysis found: valid, with the data still to come.
enum ProposedExperiment {
  static func yaml(for pattern: CohortReport.Pattern, cohort: CohortSpec) -> String {
    """
    # Proposed by the cohort analysis '\(cohort.name)'. The pattern is an association; this experiment would test a cause.
    version: 1
    kind: experiment
    name: \(cohort.name)-\(pattern.kind)
    hypothesis:
      because: \(quoted(pattern.sentence))
      if: \(quoted("the product addresses this pattern"))
      then: \(quoted("more users come back"))
    variants:
      control: as it is
      treatment: the change
    control: control
    allocation:
      scheme: verdict/1
      salt: \(cohort.name)-\(pattern.kind)
      weights: { control: 1, treatment: 1 }
    data:
      files: [units.csv]
      unit: user_id
      variant: variant
    metrics:
      - "returned = proportion(returned)"
    method:
      name: sequential
      alpha: 0.05
    decision:
      minimum_units_per_variant: 500

    """
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing(scalar: "\\", with: "\\\\").replacing(scalar: "\"", with: "\\\"") + "\""
  }
}
