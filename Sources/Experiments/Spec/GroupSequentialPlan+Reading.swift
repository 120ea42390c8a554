extension GroupSequentialPlan {
  /// Reads `spending`, `parameter` and `looks` of the method's mapping.
  init(reading reader: SpecReader) {
    self.init()
    spending = reader.choice("spending") ?? spending
    parameter = Self.parameter(reader, spending)
    looks = Self.looks(reader) ?? looks
  }

  private static func parameter(_ reader: SpecReader, _ spending: Spending) -> Double? {
    guard let node = reader.node("parameter") else { return nil }
    guard let domain = spending.parameterDomain else {
      reader.faults.add(
        .badValue(reader.full("parameter"), expected: "no parameter with '\(spending.rawValue)'", found: node.found),
        node.position)
      return nil
    }
    return reader.number("parameter", domain) { value in
      let plan = GroupSequentialPlan(spending: spending, parameter: value)
      do {
        try plan.function.validate()
        return true
      } catch { return false }
    }
  }

  /// A number of equally spaced looks, or their shares of the planned units.
  private static func looks(_ reader: SpecReader) -> [Double]? {
    guard let node = reader.node("looks") else { return nil }
    guard case .sequence(let elements) = node.content else {
      return reader.integer("looks", atLeast: 1).flatMap { count in
        if count <= 100 { return equalLooks(count) }
        reader.faults.add(
          .badValue(reader.full("looks"), expected: "at most 100 looks", found: node.found), node.position)
        return nil
      }
    }
    let looks = elements.compactMap(Shares.fraction)
    let fault = looks.count < elements.count ? "shares of the planned units, such as 25%" : fault(inLooks: looks)
    if let fault {
      reader.faults.add(.badValue(reader.full("looks"), expected: fault, found: "other values"), node.position)
      return nil
    }
    return looks
  }
}
