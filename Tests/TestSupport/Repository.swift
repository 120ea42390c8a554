import Foundation

/// Where the tests find what is committed beside them.
package enum Repository {
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  package static let datasets = root.appending(path: "Datasets")
  package static let references = datasets.appending(path: "References")
}
