import ArgumentParser
import Basics
import Conformance

struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "The numbers of this build against reference files.",
    discussion: "EXAMPLE\n  verdict kernels check Datasets/References/*.json",
    subcommands: [ListKernels.self, CheckKernels.self])

  struct ListKernels: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "The kernels of this build.",
      discussion: "EXAMPLE\n  verdict kernels list")
    func run() throws { for name in KernelRegistry.standard.names { try Terminal.print(name) } }
  }

  struct CheckKernels: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Evaluate every case of the files with the installed BLAS and LAPACK; exits with 1 unless all pass.",
      discussion: """
        EXAMPLE
          verdict kernels check Datasets/References/*.json

        The files have the schema verdict.reference/1; a case of a kernel that this build lacks counts as failed.
        """)

    @Argument(help: ArgumentHelp("Reference files.", valueName: "file"))
    var files: [String]

    func run() throws {
      let report = KernelRegistry.standard.check(try files.map { path in try ReferenceFile(path: path) })
      try Terminal.print(report.text, terminator: "")
      if !report.allPassed { throw AnswerIsNo() }
    }
  }
}
