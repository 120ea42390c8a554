import Basics
import Hashing

/// An answer given elsewhere, for one visit of one node of one run, with a code that only who has the key can make.
///
/// The code is HMAC-SHA-256 over schema, run, node, visit, choice, person and comment, each with its length before it, so that an
/// answer is neither altered nor used for another question. Who holds the key can sign for any name: the key is the authority.
public struct SignedAnswer: Sendable, Hashable {
  static let schema = "verdict.flow-answer/1"
  /// Fewer bytes could be guessed.
  public static let shortestKey = 16

  public let run: String
  public let node: String
  public let visit: Int
  /// With its signature.
  public let answer: Answer

  /// Signs an answer.
  ///
  /// - Throws: `RunFault.weakKey` if the key has fewer than 16 bytes.
  public init(run: String, node: String, visit: Int = 1, _ answer: Answer, key: [UInt8]) throws(RunFault) {
    guard key.count >= Self.shortestKey else { throw .weakKey(bytes: key.count) }
    var answer = answer
    answer.signature = Self.code(run, node, visit, answer, key)
    (self.run, self.node, self.visit, self.answer) = (run, node, visit, answer)
  }

  /// Whether the signature was made with this key for just this answer.
  public func isSigned(with key: [UInt8]) -> Bool {
    guard let signature = answer.signature, key.count >= Self.shortestKey else { return false }
    return HMAC.equal(Array(signature.utf8), Array(Self.code(run, node, visit, answer, key).utf8))
  }

  private static func code(_ run: String, _ node: String, _ visit: Int, _ answer: Answer, _ key: [UInt8]) -> String {
    let parts: [String?] = [schema, run, node, String(visit), answer.choice, answer.by, answer.comment]
    let message = parts.map { part in part.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined()
    return Hex.text(HMAC.sha256(Array(message.utf8), key: key))
  }
}

// MARK: - Files

extension SignedAnswer {
  public var json: JSONValue {
    var object = JSONObject([
      ("schema", .string(Self.schema)), ("run", .string(run)), ("node", .string(node)), ("visit", .integer(visit)),
    ])
    for member in answer.json.object?.members ?? [] { object[member.key] = member.value }
    return .object(object)
  }

  /// The answers of a file: one object, or an array of them.
  ///
  /// - Throws: `RunFault.badAnswer` if it holds anything else. Signatures are not checked here.
  public static func all(parsing bytes: [UInt8], file: String) throws(RunFault) -> [SignedAnswer] {
    let document: JSONValue
    do { document = try JSONValue(parsing: bytes, file: file) } catch {
      throw .badAnswer(file: file, reason: "\(error.sentence)")
    }
    var answers: [SignedAnswer] = []
    for (index, value) in (document.array ?? [document]).enumerated() {
      guard let answer = SignedAnswer(value) else {
        throw .badAnswer(
          file: file,
          reason: "answer \(index + 1) is not of the schema \(schema) with run, node, visit, by and signature.")
      }
      answers.append(answer)
    }
    return answers
  }

  private init?(_ json: JSONValue) {
    guard json["schema"]?.string == Self.schema, let run = json["run"]?.string, let node = json["node"]?.string,
      let visit = json["visit"]?.int, let answer = Answer(json), answer.signature != nil
    else { return nil }
    (self.run, self.node, self.visit, self.answer) = (run, node, visit, answer)
  }
}

extension WorkflowRun {
  /// Answers the node that waits by an answer that was signed elsewhere; `advance` then goes on. The signature is recorded.
  ///
  /// - Throws: `RunFault.wrongSignature` if it was not signed with this key or was altered, `.answerOfAnother` if it is for
  ///   another run, node or visit, and what `answer(node:_:)` throws.
  public func answer(_ signed: SignedAnswer, key: [UInt8]) throws(RunFault) {
    guard key.count >= SignedAnswer.shortestKey else { throw .weakKey(bytes: key.count) }
    guard signed.isSigned(with: key) else { throw .wrongSignature(node: signed.node) }
    guard signed.run == id, signed.visit == visit(ofWaiting: signed.node) else {
      throw .answerOfAnother(run: signed.run, node: signed.node, visit: signed.visit)
    }
    try answer(node: signed.node, signed.answer)
  }

  /// The visit for which a node waits for an answer; nil if it does not.
  public func visit(ofWaiting node: String) -> Int? {
    guard case .waiting(let waiting, .approval) = status, waiting.id == node else { return nil }
    return state.visit
  }
}

private enum Hex {
  static func text(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
