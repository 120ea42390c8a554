import Basics
import Foundation

/// What the program is connected to: is it a terminal, how wide, may it be coloured.
enum Terminal {
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Colour only on a terminal, and never against the user's word (https://no-color.org).
  static var color: Bool {
    let environment = ProcessInfo.processInfo.environment
    return outputIsTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  /// Columns of the terminal, between 60 and 160; 100 where there is none.
  static var width: Int {
    var size = winsize()
    guard outputIsTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return min(max(Int(size.ws_col), 60), 160)
  }

  /// A result, on standard output.
  ///
  /// - Throws: `WriteFault` if it cannot be written whole, so that a full disk never passes for success.
  static func print(_ text: String, terminator: String = "\n") throws(WriteFault) {
    try print(bytes: Array((text + terminator).utf8))
  }

  static func print(bytes: [UInt8]) throws(WriteFault) { try write(bytes, to: STDOUT_FILENO) }

  /// A notice for people, on standard error.
  static func notice(_ text: String) { plain("verdict: \(text)") }

  static func error(_ text: String) { plain("verdict: \(text)") }

  /// Standard error is the last place to say anything: if it is closed, nothing more can be said.
  static func plain(_ text: String) { try? write(Array((text + "\n").utf8), to: STDERR_FILENO) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(WriteFault) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { Foundation.write(descriptor, $0 + written, bytes.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw WriteFault(
          position: SourcePosition(file: "standard output"), reason: String(cString: strerror(errno)))
      }
      written += count
    }
  }
}
