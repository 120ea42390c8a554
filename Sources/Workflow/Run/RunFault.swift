import Basics

/// Why a run could not be begun, opened or continued. Nothing recorded is lost by any of these.
public enum RunFault: InputFault, Hashable {
  case badID(String)
  case exists(directory: String)
  case missing(file: String)
  case unreadable(file: String, reason: String)
  case unwritable(file: String, reason: String)
  case inUse(directory: String)
  case badModel(file: String, reason: String)
  case badAttribute(node: String, attribute: String, reason: String)
  case cannotMigrate(reason: String)
  case cannotAbort(status: String)
  case modelChanged(file: String, recorded: String, found: String)
  case corrupt(file: String, line: Int, byte: Int, reason: String)
  case diverges(file: String, line: Int, reason: String)
  case neverBegun(file: String)
  case unknownStep(name: String, node: String, nearest: String?)
  case notWaiting(node: String)
  case badChoice(node: String, found: String?, labels: [String])
  case badAnswer(file: String, reason: String)
  case weakKey(bytes: Int)
  case wrongSignature(node: String)
  case answerOfAnother(run: String, node: String, visit: Int)
  case tooManySteps(limit: Int)
  case unusable(file: String)

  public var position: SourcePosition? {
    switch self {
    case .corrupt(let file, let line, _, _), .diverges(let file, let line, _): SourcePosition(file: file, line: line)
    case .missing(let file), .unreadable(let file, _), .unwritable(let file, _), .badModel(let file, _),
      .badAnswer(let file, _), .modelChanged(let file, _, _), .neverBegun(let file), .unusable(let file):
      SourcePosition(file: file)
    default: nil
    }
  }

  public var sentence: String {
    switch self {
    case .badID(let id): "expected a run id of letters, digits, '.', '_' and '-' (at most 128), found '\(id)'."
    case .exists(let directory): "a run is already kept in \(directory); resume it, or choose another directory."
    case .missing: "not found; is this the directory of a run?"
    case .unreadable(_, let reason): "cannot be read: \(reason)."
    case .unwritable(_, let reason):
      "cannot be written: \(reason). What was recorded before stands; resume when it can."
    case .inUse(let directory): "another process works on the run in \(directory); wait for it, or end it first."
    case .badModel(_, let reason): reason
    case .badAttribute(let node, let attribute, let reason): "node '\(node)': \(attribute)= \(reason)"
    case .cannotMigrate(let reason): "the run cannot go on with this model: \(reason)."
    case .cannotAbort(let status): "the run is \(status); there is nothing to abort."
    case .modelChanged(_, let recorded, let found):
      "the model is not the one that the run was begun with (sha256 \(recorded.prefix(12))…, now \(found.prefix(12))…); "
        + "restore it, begin a new run, or let it go on with the new model: verdict flow migrate"
    case .corrupt(_, _, let byte, let reason):
      "the journal is damaged at byte \(byte): \(reason). Restore it from a copy; nothing was changed."
    case .diverges(_, _, let reason): "the journal does not fit its model: \(reason)."
    case .neverBegun: "the journal has no complete first record; begin the run anew."
    case .unknownStep(let name, let node, let nearest):
      "node '\(node)' names the step '\(name)', which is not known." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
    case .notWaiting(let node): "node '\(node)' does not wait for an answer."
    case .badChoice(let node, let found, let labels):
      "node '\(node)' expects one of \(labels.map { "'\($0)'" }.joined(separator: ", ")), found "
        + (found.map { "'\($0)'" } ?? "no choice") + "."
    case .badAnswer(_, let reason): reason
    case .weakKey(let bytes):
      "expected a key of at least \(SignedAnswer.shortestKey) bytes, found \(bytes); make one: head -c 32 /dev/urandom > key"
    case .wrongSignature(let node):
      "the answer to node '\(node)' was altered, or signed with another key; it is not taken."
    case .answerOfAnother(let run, let node, let visit):
      "the answer is for visit \(visit) of node '\(node)' of the run '\(run)', which is not what is asked now."
    case .tooManySteps(let limit):
      "the run made \(limit) steps without coming to an end; a loop of the model is probably never left."
    case .unusable: "an earlier record could not be written in full; open the run again."
    }
  }
}
