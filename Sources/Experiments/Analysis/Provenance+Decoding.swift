extension Analysis.Provenance {
  private enum Keys: String, CodingKey { case version, seed, specHash }

  /// Also reads a seed that is written as a string of digits: JSON documents hold integers of 63 bits only.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let digits = try? container.decodeIfPresent(String.self, forKey: .seed)
    self.init(
      version: try container.decode(String.self, forKey: .version),
      seed: try digits.flatMap(UInt64.init) ?? container.decodeIfPresent(UInt64.self, forKey: .seed),
      specHash: try container.decodeIfPresent(String.self, forKey: .specHash))
  }
}
