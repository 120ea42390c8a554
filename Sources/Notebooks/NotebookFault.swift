import Basics

/// What is wrong with a notebook as a document.
package struct NotebookFault: InputFault, Hashable {
  package enum Kind: Sendable, Hashable {
    case unreadable(reason: String)
    case unclosedFence
    case badExitCode(String)
    case cannotRun(reason: String)
  }
  package let kind: Kind
  package let position: SourcePosition?

  package init(kind: Kind, position: SourcePosition?) {
    self.kind = kind
    self.position = position
  }

  package var sentence: String {
    switch kind {
    case .unreadable(let reason): "cannot be read: \(reason)."
    case .unclosedFence: "this block is never closed. End it with a line of ```."
    case .badExitCode(let found): "expected exit=NUMBER, found 'exit=\(found)'."
    case .cannotRun(let reason): "the block cannot be run: \(reason)."
    }
  }
}
