import Allocation
import Basics

/// Users who saw the new variant under one flag file and would lose it, or see another, under the next.
///
/// Growing a rollout moves nobody: users of the control who get the winner are what it is for. Lowering the share, another salt,
/// another flag system or another winner moves users who were exposed.
public struct ExposedMoves: Sendable, Hashable {
  /// Users that were looked at.
  public private(set) var users = 0
  /// Of them, those who got something else than the control.
  public private(set) var exposed = 0
  /// Of the exposed, those who would get another variant.
  public private(set) var moved = 0
  /// Whether the users are made up, for want of a list of real ones.
  public let isSample: Bool

  /// Made-up ids that stand for the users where no list is given.
  static let sampleSize = 100_000

  /// - Parameters:
  ///   - old, new: what is served now, and what would be.
  ///   - control: its variant's name.
  ///   - ids: the users; nil: a sample of made-up ids.
  public init(from old: Serving, to new: Serving, control: String, ids: UnitIDs?) {
    isSample = ids == nil
    if case .everyone(control) = old {
      users = ids?.count ?? Self.sampleSize
      return
    }
    if let ids {
      for index in 0..<ids.count { count(ids[index], old, new, control) }
    } else {
      for number in 0..<Self.sampleSize { count(Array("user-\(number)".utf8), old, new, control) }
    }
  }

  private mutating func count(_ id: [UInt8], _ old: Serving, _ new: Serving, _ control: String) {
    users += 1
    // An id that one of the schemes cannot read gets what its platform falls back to: the control.
    let before = (try? old.variant(of: id)) ?? control
    guard before != control else { return }
    exposed += 1
    if ((try? new.variant(of: id)) ?? control) != before { moved += 1 }
  }

  /// One sentence with the count.
  public var sentence: String {
    let source =
      isSample
      ? "of \(users) made-up ids \(exposed) get the new variant now and \(moved) of them"
      : "of \(users) users \(exposed) get the new variant now and \(moved) of them"
    return source + " would get another one"
  }
}
