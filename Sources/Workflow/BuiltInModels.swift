/// The models that are part of the program, byte for byte as they are in the source tree.
public enum BuiltInModels {
  /// In alphabetical order.
  public static let names = texts.map(\.name)

  /// The text of a model, or nil if there is none of that name.
  public static func text(named name: String) -> String? {
    bytes(named: name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A model, or nil if there is none of that name. `oauth` is kept with the defects of its source; `oauth_fixed` is mended.
  public static func model(named name: String) -> Model? {
    bytes(named: name).flatMap { Notation.parse($0, file: "\(name).flow").model }
  }

  package static func bytes(named name: String) -> [UInt8]? { texts.first { $0.name == name }?.bytes }

  private static let texts: [(name: String, bytes: [UInt8])] = [
    ("ab-test", PackageResources.ab_test_flow),
    ("account_deletion", PackageResources.account_deletion_flow),
    ("api_key_rotation", PackageResources.api_key_rotation_flow),
    ("billing_dispute", PackageResources.billing_dispute_flow),
    ("cohort", PackageResources.cohort_flow),
    ("content_moderation", PackageResources.content_moderation_flow),
    ("oauth", PackageResources.oauth_flow),
    ("oauth_fixed", PackageResources.oauth_fixed_flow),
  ]
}
