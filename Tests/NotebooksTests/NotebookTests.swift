import Foundation
import Notebooks
import TestSupport
import Testing

@Suite struct NotebookTests {
  static let example = """
    # Title

    Some prose.

    ```sh
    echo one
    ```
    ```text
    one
    ```

    ```swift
    let x = 1
    ```

    ```sh exit=3
    exit 3
    ```
    The end, without a newline
    """

  @Test func readsCommandsAndKeepsEveryByte() throws {
    let notebook = try Notebook(text: Self.example, file: "a.md")
    #expect(notebook.commands.map(\.script) == ["echo one\n", "exit 3\n"])
    #expect(notebook.commands.map(\.expectedExit) == [0, 3])
    #expect(notebook.commands.map(\.expectedOutput) == ["one\n", nil])
    #expect(notebook.commands.map(\.line) == [5, 16])
    #expect(notebook.text == Self.example)
  }

  @Test(
    arguments: [
      ("```sh\necho\n", "a.md:1:1: this block is never closed. End it with a line of ```."),
      ("x\n```sh exit=no\n```\n", "a.md:2:1: expected exit=NUMBER, found 'exit=no'."),
    ])
  func faults(_ text: String, _ sentence: String) {
    do {
      _ = try Notebook(text: text, file: "a.md")
      Issue.record("no fault")
    } catch { #expect("\(error)" == sentence) }
  }

  @Test(
    arguments: [
      ("a\nb\n", "a\nb", true), ("a  \n", "a\n", true), ("a\nb\nc\nd\n", "a\n…\nd\n", true),
      ("a\nd\n", "a\n…\nd\n", true),
      ("took 31 ms\n", "took … ms\n", true), ("took 31 s\n", "took … ms\n", false), ("a\n", "b\n", false),
      ("a\nb\n", "a\n", false), ("", "…\n", true), ("x1y1y2\n", "x…y2\n", true),
    ])
  func patterns(_ output: String, _ pattern: String, _ agrees: Bool) {
    #expect(OutputPattern.matches(output, pattern: pattern) == agrees)
  }

  @Test func runsInOneFolderAndRewrites() throws {
    let text = "```sh\necho hello > file\n```\n```sh\ncat file; ls Datasets/README.md\n```\n```text\nstale\n```\n"
    let file = Repository.root.appending(path: "Notebooks-md/made-up.md").path
    let notebook = try Notebook(text: text, file: file)
    let runner = NotebookRunner(program: "/bin/true")
    let results = try runner.run(notebook)
    #expect(results.map(\.exit) == [0, 0])
    #expect(results.map(\.agrees) == [true, false])
    let fresh = runner.rewritten(notebook, results)
    #expect(fresh.text == text.replacingOccurrences(of: "stale", with: "hello\nDatasets/README.md"))
    #expect(try runner.run(fresh).allSatisfy(\.agrees))
  }

  @Test func anOutputWithoutItsLastNewlineKeepsTheDocumentWhole() throws {
    let notebook = try Notebook(text: "```sh\nprintf x\n```\n```text\n```\nprose\n", file: "a.md")
    let runner = NotebookRunner(program: "/bin/true")
    let fresh = runner.rewritten(notebook, try runner.run(notebook))
    #expect(fresh.text == "```sh\nprintf x\n```\n```text\nx\n```\nprose\n")
    #expect(try runner.run(fresh).allSatisfy(\.agrees))
  }

  @Test func aFailingCommandDisagrees() throws {
    let notebook = try Notebook(text: "```sh\nfalse\n```\n", file: "a.md")
    #expect(try NotebookRunner(program: "/bin/true").run(notebook).map(\.agrees) == [false])
  }
}
