/// The version that every result carries in its provenance; the one place where it is written.
public enum ToolVersion {
  public static let current = "0.1.0"
}
