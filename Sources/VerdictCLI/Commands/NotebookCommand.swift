import ArgumentParser
import Basics
import Foundation
import Notebooks

struct NotebookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notebook", abstract: "Markdown guides whose commands are run and whose outputs are checked.",
    discussion: "EXAMPLE\n  verdict notebook check Notebooks-md/*.md",
    subcommands: [CheckNotebook.self, RunNotebook.self])

  struct CheckNotebook: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Run the commands; exits with 1 if an output differs from the text.",
      discussion: "EXAMPLE\n  verdict notebook check Notebooks-md/*.md")

    @Argument(help: ArgumentHelp("Notebooks.", valueName: "file"))
    var files: [String]

    func run() throws {
      var (passed, failed) = (0, 0)
      for file in files {
        for result in try NotebookRunner.ofThisProgram.run(Notebook.load(file)) {
          if result.agrees {
            passed += 1
          } else {
            failed += 1
            try Terminal.print(describe(result, file))
          }
        }
      }
      try Terminal.print("\(passed) passed, \(failed) failed")
      if failed > 0 { throw AnswerIsNo() }
    }

    private func describe(_ result: NotebookRunner.Result, _ file: String) -> String {
      var lines = ["\(file):\(result.command.line): " + result.command.script.trimmingCharacters(in: .newlines)]
      if !result.exitAgrees {
        lines.append("  exits with \(result.exit), expected \(result.command.expectedExit)")
        lines.append(result.errors)
      }
      if !result.outputAgrees {
        lines.append("  printed:\n\(result.output)  expected:\n\(result.command.expectedOutput ?? "")")
      }
      return lines.joined(separator: "\n")
    }
  }

  struct RunNotebook: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Run the commands and write their outputs into the notebooks.",
      discussion: "EXAMPLE\n  verdict notebook run Notebooks-md/01-first-verdict.md")

    @Argument(help: ArgumentHelp("Notebooks.", valueName: "file"))
    var files: [String]

    func run() throws {
      for file in files {
        let notebook = try Notebook.load(file)
        let results = try NotebookRunner.ofThisProgram.run(notebook)
        for result in results where !result.exitAgrees {
          Terminal.notice("\(file):\(result.command.line): exits with \(result.exit)\n\(result.errors)")
        }
        try AtomicFile.write(Array(NotebookRunner.ofThisProgram.rewritten(notebook, results).text.utf8), to: file)
      }
    }
  }
}

extension Notebook {
  static func load(_ file: String) throws -> Notebook {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw NotebookFault(kind: .unreadable(reason: "there is no such file"), position: SourcePosition(file: file))
    }
    return try Notebook(text: String(decoding: data, as: UTF8.self), file: file)
  }
}

extension NotebookRunner {
  static var ofThisProgram: NotebookRunner {
    NotebookRunner(program: Bundle.main.executablePath ?? CommandLine.arguments[0])
  }
}
