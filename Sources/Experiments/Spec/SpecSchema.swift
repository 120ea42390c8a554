extension ExperimentSpec {
  /// The grammar as JSON Schema, draft 2020-12, for editors and other programs.
  public static var jsonSchema: String { String(decoding: PackageResources.experiment_schema_json, as: UTF8.self) }
}

extension CohortSpec {
  /// The grammar as JSON Schema, draft 2020-12, for editors and other programs.
  public static var jsonSchema: String { String(decoding: PackageResources.cohort_schema_json, as: UTF8.self) }
}
