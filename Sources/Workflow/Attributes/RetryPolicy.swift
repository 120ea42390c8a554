import Foundation

/// How often a failed step is tried again, and after how long: the value of `retry=`.
///
/// `3`: at once. `5 10s`: ten seconds after each failure. `5 exp(1s,2,1m)`: after 1 s, 2 s, 4 s, … at most one minute.
public struct RetryPolicy: Sendable, Hashable {
  /// Attempts after the first.
  public let retries: Int
  package let first: Double
  package let factor: Double
  package let longest: Double

  static let expectation = "a number of retries and a pause, such as 3, 5 10s or 5 exp(1s,2,1m)"

  package init(parsing text: String) throws(AttributeFault) {
    let fault = AttributeFault(expected: Self.expectation, found: text)
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard let count = parts.first.flatMap({ Int($0) }), (1...1_000_000).contains(count) else { throw fault }
    retries = count
    guard parts.count == 2 else {
      (first, factor, longest) = (0, 1, 0)
      return
    }
    if let pause = TimeSpan.seconds(parsing: parts[1]) {
      (first, factor, longest) = (pause, 1, pause)
      return
    }
    guard parts[1].hasPrefix("exp("), parts[1].hasSuffix(")") else { throw fault }
    let values = parts[1].dropFirst(4).dropLast().split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard values.count == 3, let first = TimeSpan.seconds(parsing: values[0]), let factor = Double(values[1]),
      (1...100).contains(factor), let longest = TimeSpan.seconds(parsing: values[2]), longest >= first
    else { throw fault }
    (self.first, self.factor, self.longest) = (first, factor, longest)
  }

  /// Whole seconds to wait after the failure of an attempt, counted from 1; nil: no more retries.
  func pause(afterAttempt attempt: Int) -> Int64? {
    guard attempt <= retries else { return nil }
    let pause = first * pow(factor, Double(attempt - 1))
    return Int64(min(pause, longest).rounded(.up))
  }
}

/// How long a node may take: the value of `timeout=`.
///
/// `2h`: a step that takes longer fails. `2d No`, on a decision that a person makes: after two days its branch "No" is taken.
public struct Deadline: Sendable, Hashable {
  public let seconds: Int64
  /// The label of the branch that is taken, or its leading word.
  public let branch: String?

  static let expectation = "a time such as 30s or 2h, on a decision with the branch to take: 2d No"

  package init(parsing text: String) throws(AttributeFault) {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard let length = parts.first.flatMap({ TimeSpan.seconds(parsing: $0) }), length > 0 else {
      throw AttributeFault(expected: Self.expectation, found: text)
    }
    seconds = Int64(length.rounded(.up))
    branch = parts.count == 2 ? parts[1] : nil
  }
}
