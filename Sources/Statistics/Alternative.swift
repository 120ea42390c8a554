/// Which departures from the null hypothesis count as evidence. The effect is treatment minus control.
public enum Alternative: String, Sendable, Hashable, Codable, CaseIterable {
  case twoSided, greater, less
}
