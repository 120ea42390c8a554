import Testing

/// Expects an error that says this. Errors without a number to show hold NaN, which equals nothing.
func expectSentence(
  _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was thrown, expected: \(sentence)", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == sentence, sourceLocation: sourceLocation)
  }
}
