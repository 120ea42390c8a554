import ArgumentParser
import Basics
import Foundation

/// How the program ends: 0 done, 1 the answer is no, 2 bad usage or bad input, 3 an internal fault.
enum Exit: Int32 {
  case done = 0
  case no = 1
  case badInput = 2
  case fault = 3

  /// Prints what there is to say about an error, and ends the program.
  static func leave(after error: any Error) -> Never {
    switch error {
    case let answer as AnswerIsNo:
      if let reason = answer.reason { Terminal.notice(reason) }
      Foundation.exit(no.rawValue)
    case let fault as any InputFault:
      for line in "\(fault)".split(separator: "\n", omittingEmptySubsequences: false) { Terminal.error(String(line)) }
      Foundation.exit(badInput.rawValue)
    case is CleanExit, is ExitCode, is ValidationError:
      leaveParsing(error)
    default:
      if VerdictCommand.exitCode(for: error) != .failure { leaveParsing(error) }
      Terminal.error("internal fault: \(error). Please report this, with the command that you ran.")
      Foundation.exit(fault.rawValue)
    }
  }

  /// Help goes to standard output with 0; a usage error to standard error with 2.
  private static func leaveParsing(_ error: any Error) -> Never {
    let code = VerdictCommand.exitCode(for: error)
    let message = VerdictCommand.fullMessage(for: error)
    if code.isSuccess {
      do {
        if !message.isEmpty { try Terminal.print(message) }
        Foundation.exit(done.rawValue)
      } catch {
        leave(after: error)
      }
    }
    if !message.isEmpty { Terminal.plain(message) }
    Foundation.exit(badInput.rawValue)
  }
}

/// Thrown when the command did its work and the answer is no: a check failed, a guardrail was crossed.
struct AnswerIsNo: Error {
  var reason: String?
}

/// An option whose value cannot be used.
struct UsageFault: InputFault {
  let sentence: String
  var position: SourcePosition? { nil }
}
