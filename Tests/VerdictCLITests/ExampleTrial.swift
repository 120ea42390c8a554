import Foundation
import TestSupport

/// The shipped example on the shipped data, under another name and from another folder.
enum ExampleTrial {
  static func spec() throws -> String {
    try String(contentsOf: Repository.root.appending(path: "Examples/actg175.yaml"), encoding: .utf8)
      .replacing("../Datasets", with: Repository.datasets.path)
      .replacing("name: actg175", with: "name: trial")
  }
}
