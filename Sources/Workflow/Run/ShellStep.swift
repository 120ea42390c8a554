import Basics
import Foundation

/// A step that is a shell command: `step="sh: make report"`.
///
/// The command runs by `/bin/sh -c` in the current folder. It gets the run's inputs and the latest results as one JSON object on
/// standard input, and in its environment `VERDICT_RUN`, `VERDICT_NODE`, `VERDICT_VISIT` and `VERDICT_KEY`, the idempotency key. Exit
/// 0 completes the step: a JSON object on standard output is its result, other text is `{"output": text}`, and at a diamond the last
/// line names the branch. Any other exit, a signal, more output than `outputLimit` or more time than `timeout=` is a failed attempt;
/// the command and all that it started are then killed.
public enum ShellStep {
  /// Bytes of standard output; what is more would fill journal and memory.
  public static let outputLimit = 1 << 20
  private static let prefix = "sh:"
  private static let errorTail = 400

  /// The command of a step's name, nil if it is none.
  public static func command(of step: String) -> String? {
    guard step.hasPrefix(prefix) else { return nil }
    let command = step.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces)
    return command.isEmpty ? nil : command
  }

  /// Why a command did not complete its step.
  public enum Fault: InputFault, Hashable {
    case notStarted(reason: String)
    case exit(code: Int, said: String)
    case signal(Int)
    case tooSlow(seconds: Int64)
    case tooMuchOutput(limit: Int)
    case notText

    public var position: SourcePosition? { nil }
    public var sentence: String {
      switch self {
      case .notStarted(let reason): "the command could not be started: \(reason)."
      case .exit(let code, let said): "the command ended with \(code)" + (said.isEmpty ? "." : ": \(said)")
      case .signal(let signal): "the command was ended by signal \(signal)."
      case .tooSlow(let seconds):
        "the command took longer than \(seconds) s and was ended; timeout= says how long it may."
      case .tooMuchOutput(let limit):
        "the command wrote more than \(limit) bytes and was ended; let it write to a file."
      case .notText: "the command wrote what is not UTF-8 text."
      }
    }
  }

  static func run(_ command: String, _ context: StepContext) throws(Fault) -> StepOutcome {
    var seconds: Int64?
    if let text = context.node.attributes["timeout"], let deadline = try? Deadline(parsing: text),
      deadline.branch == nil
    {
      seconds = deadline.seconds
    }
    let child = try Child(command, input: input(context), environment: environment(context))
    let output = try child.finish(within: seconds)
    guard let text = String(validating: output, as: UTF8.self) else { throw .notText }
    let last = text.split(whereSeparator: \.isNewline).last.map { $0.trimmingCharacters(in: .whitespaces) }
    let value = (try? JSONValue(parsing: output)).flatMap { $0.object == nil ? nil : $0 }
    let choice = context.node.shape == .diamond && value == nil ? last : nil
    return .completed(value ?? ["output": .string(text)], choice: choice)
  }

  private static func input(_ context: StepContext) -> [UInt8] {
    let results = context.results.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    let value: JSONValue = ["inputs": context.inputs, "results": .object(JSONObject(results))]
    return Array((value.text() + "\n").utf8)
  }

  private static func environment(_ context: StepContext) -> [String] {
    var all = ProcessInfo.processInfo.environment
    all["VERDICT_RUN"] = context.runID
    all["VERDICT_NODE"] = context.node.id
    all["VERDICT_VISIT"] = String(context.visit)
    all["VERDICT_KEY"] = context.idempotencyKey
    return all.map { "\($0.key)=\($0.value)" }
  }

  // MARK: - The process

  private struct Child {
    private let pid: pid_t
    private var input: Int32
    private let output: Int32
    private let errors: Int32
    private let given: [UInt8]

    init(_ command: String, input given: [UInt8], environment: [String]) throws(Fault) {
      var (into, out, err): ([Int32], [Int32], [Int32]) = ([-1, -1], [-1, -1], [-1, -1])
      guard pipe(&into) == 0, pipe(&out) == 0, pipe(&err) == 0 else {
        throw .notStarted(reason: String(cString: strerror(errno)))
      }
      for end in [into[1], out[0], err[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      for (end, target) in [(into[0], Int32(0)), (out[1], 1), (err[1], 2)] {
        posix_spawn_file_actions_adddup2(&actions, end, target)
      }
      for end in [into[0], out[1], err[1]] { posix_spawn_file_actions_addclose(&actions, end) }
      // A group of its own, so that all that it starts can be ended with it.
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
      posix_spawnattr_setpgroup(&attributes, 0)
      var pid = pid_t()
      let status = Self.withStrings(["/bin/sh", "-c", command]) { arguments in
        Self.withStrings(environment) { posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, $0) }
      }
      for end in [into[0], out[1], err[1]] { close(end) }
      guard status == 0 else {
        for end in [into[1], out[0], err[0]] { close(end) }
        throw .notStarted(reason: String(cString: strerror(status)))
      }
      for end in [into[1], out[0], err[0]] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
      (self.pid, self.input, output, errors, self.given) = (pid, into[1], out[0], err[0], given)
    }

    private static func withStrings<Result>(
      _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
      var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
      defer { for pointer in pointers { free(pointer) } }
      return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }

    /// Feeds and reads until the command has closed its ends, then waits for it.
    consuming func finish(within seconds: Int64?) throws(Fault) -> [UInt8] {
      var (written, said, complaint): (Int, [UInt8], [UInt8]) = (0, [], [])
      var isOpen = (input: true, output: true, errors: true)
      let end = seconds.map { ContinuousClock.now + .seconds($0) }
      // A command that stops reading must not end us.
      let previous = signal(SIGPIPE, SIG_IGN)
      defer {
        signal(SIGPIPE, previous)
        if isOpen.input { close(input) }
        close(output)
        close(errors)
      }
      while isOpen.output || isOpen.errors {
        if let end, ContinuousClock.now >= end {
          kill()
          throw .tooSlow(seconds: seconds ?? 0)
        }
        var polled = [
          pollfd(fd: isOpen.output ? output : -1, events: Int16(POLLIN), revents: 0),
          pollfd(fd: isOpen.errors ? errors : -1, events: Int16(POLLIN), revents: 0),
          pollfd(fd: isOpen.input ? input : -1, events: Int16(POLLOUT), revents: 0),
        ]
        _ = poll(&polled, nfds_t(polled.count), 100)
        if polled[2].revents != 0 {
          let count = given[written...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
          if count > 0 { written += count }
          if written == given.count || (count < 0 && errno != EAGAIN && errno != EINTR) {
            close(input)
            isOpen.input = false
          }
        }
        if polled[0].revents != 0 { isOpen.output = Self.drain(output, into: &said) }
        if polled[1].revents != 0 {
          isOpen.errors = Self.drain(errors, into: &complaint)
          if complaint.count > 2 * ShellStep.errorTail { complaint.removeFirst(complaint.count - ShellStep.errorTail) }
        }
        if said.count > ShellStep.outputLimit {
          kill()
          throw .tooMuchOutput(limit: ShellStep.outputLimit)
        }
      }
      try wait(complaint, until: end, seconds)
      return said
    }

    /// False at the end of the stream.
    private static func drain(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
      withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
      }
    }

    private func wait(_ complaint: [UInt8], until end: ContinuousClock.Instant?, _ seconds: Int64?) throws(Fault) {
      var status: Int32 = 0
      while true {
        let found = waitpid(pid, &status, end == nil ? 0 : WNOHANG)
        if found == pid { break }
        if found < 0, errno != EINTR { throw .notStarted(reason: String(cString: strerror(errno))) }
        if let end, ContinuousClock.now >= end {
          kill()
          throw .tooSlow(seconds: seconds ?? 0)
        }
        if end != nil { usleep(10_000) }
      }
      let signal = Int(status & 0x7F)
      guard signal == 0 else { throw .signal(signal) }
      let code = Int((status >> 8) & 0xFF)
      guard code == 0 else {
        let words = String(decoding: complaint.suffix(ShellStep.errorTail), as: UTF8.self)
        throw .exit(code: code, said: words.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }

    private func kill() {
      _ = Foundation.kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
  }
}
