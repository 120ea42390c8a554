import Basics
import Testing
import Workflow

@Suite struct SignedAnswerTests {
  private static let key = Array("sixteen bytes ok".utf8)

  private func signed(_ comment: String? = nil) throws -> SignedAnswer {
    try SignedAnswer(run: "r", node: "n2", Answer(choice: "Yes", by: "ada", comment: comment), key: Self.key)
  }

  @Test func goesThroughAFile() throws {
    let answer = try signed("looked \"at\" it")
    let text = JSONValue.array([answer.json, answer.json]).text(pretty: true)
    let read = try SignedAnswer.all(parsing: Array(text.utf8), file: "a.json")
    #expect(read == [answer, answer])
    #expect(read.allSatisfy { $0.isSigned(with: Self.key) })
    #expect(!answer.isSigned(with: Array("sixteen bytes no".utf8)))
  }

  /// Python: hmac.new(b"sixteen bytes ok", b"21:verdict.flow-answer/11:r2:n21:13:Yes3:ada-", "sha256").hexdigest()
  @Test func theCodeIsThePublishedOne() throws {
    #expect(try signed().answer.signature == Self.python)
  }
  private static let python = "b850467773e0498088e48e5e833cd2b739903bec66d69dad52a69d7f67cddf4b"

  @Test func everyMemberIsCovered() throws {
    let object = try #require(try signed("why").json.object)
    for key in ["run", "node", "visit", "choice", "by", "comment"] {
      var altered = object
      altered[key] = key == "visit" ? 2 : "x"
      let read = try SignedAnswer.all(parsing: Array(JSONValue.object(altered).text().utf8), file: "a.json")
      #expect(read.first?.isSigned(with: Self.key) == false, "\(key)")
      // Nor can a member be left out, or moved into its neighbour.
      altered[key] = nil
      let fewer = try? SignedAnswer.all(parsing: Array(JSONValue.object(altered).text().utf8), file: "a.json")
      #expect(fewer?.first?.isSigned(with: Self.key) != true, "without \(key)")
    }
  }

  @Test func aShortKeyIsRefused() {
    #expect(throws: RunFault.weakKey(bytes: 3)) {
      try SignedAnswer(run: "r", node: "n", Answer(by: "ada"), key: [1, 2, 3])
    }
  }

  @Test func whatIsNoAnswerIsSaid() {
    func fault(_ text: String) -> String? {
      do throws(RunFault) {
        _ = try SignedAnswer.all(parsing: Array(text.utf8), file: "a.json")
        return nil
      } catch { return error.description }
    }
    #expect(
      fault("[{}]")
        == "a.json: answer 1 is not of the schema verdict.flow-answer/1 with run, node, visit, by and signature.")
    #expect(fault("{") != nil)
    #expect(fault("[]") == nil)
  }
}
