import Foundation
import TestSupport
import Testing

/// What the README shows is what the program prints.
@Suite struct ReadmeTests {
  /// The text blocks of the README, without the lines that stand for what is left out.
  private func shown() throws -> [String] {
    let text = try String(contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```text\n").dropFirst()
    let lines = blocks.flatMap { block in
      block.prefix(upTo: block.firstRange(of: "```")?.lowerBound ?? block.endIndex).split(separator: "\n")
    }
    return lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && $0 != "…" }
  }

  @Test func everyLineComesFromTheDemoInItsOrder() throws {
    let folder = try Folder()
    for name in ["Examples", "Datasets"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file(name), withDestinationPath: Repository.root.appending(path: name).path)
    }
    let outcome = try Program.run(["demo", "-o", "demo-out"], in: folder)
    #expect(outcome.exit == 0, "\(outcome.errors)")
    var printed = outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }[...]
    let lines = try shown()
    #expect(lines.count > 30)
    for line in lines {
      let place = try #require(printed.firstIndex(of: line), "not printed (in this order): \(line)")
      printed = printed[(place + 1)...]
    }
    for page in ["experiment.html", "cohorts.html"] {
      #expect(try folder.text("demo-out/\(page)").hasPrefix("<!DOCTYPE html>"))
    }
  }

  /// A command that the README names exists.
  @Test func everyCommandNamedExists() throws {
    let text = try String(contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.contains("COMMAND --help") })
    let names = try #require(line.split(separator: ":").last).trimmingCharacters(in: CharacterSet(charactersIn: " ."))
    let commands = names.components(separatedBy: ", ")
    #expect(commands.count >= 9)
    for command in commands {
      #expect(try Program.run([command, "--help"], in: try Folder()).exit == 0, "\(command)")
    }
  }

  /// Made by: verdict flow draw ab-test -o Examples/ab-test.svg
  @Test func thePictureIsTheModels() throws {
    let shown = try String(contentsOf: Repository.root.appending(path: "Examples/ab-test.svg"), encoding: .utf8)
    #expect(try Program.run(["flow", "draw", "ab-test"], in: try Folder()).output == shown)
  }
}
