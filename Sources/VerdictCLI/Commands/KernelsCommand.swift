import ArgumentParser
import Basics
import Conformance
import Foundation
import Statistics

struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "The numbers of this build against reference files, its error rates against chance.",
    discussion: "EXAMPLE\n  verdict kernels check Datasets/References/*.json\n  verdict kernels calibrate --runs 2000",
    subcommands: [ListKernels.self, CheckKernels.self, CalibrateKernels.self])

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

        The files have the schema verdict.reference/1; a case of a kernel that this
        build lacks counts as failed.
        """)

    @Argument(help: ArgumentHelp("Reference files.", valueName: "file"))
    var files: [String]

    func run() throws {
      let report = KernelRegistry.standard.check(try files.map { path in try ReferenceFile(path: path) })
      try Terminal.print(report.text, terminator: "")
      if !report.allPassed { throw AnswerIsNo() }
    }
  }

  struct CalibrateKernels: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "calibrate",
      abstract:
        "Simulate experiments and count how often each procedure errs; exits with 1 unless all keep their promise.",
      discussion: """
        EXAMPLE
          verdict kernels calibrate --runs 20000 > calibration.md

        The table is Markdown. The band holds the counts that chance alone stays
        within, 99.9 times in 100.
        """)

    @Option(help: "Simulated experiments for each procedure.")
    var runs = 20_000

    @Option(help: "The seed; the same one gives the same counts on any number of threads.")
    var seed: UInt64 = 1

    @Option(help: "Only procedures whose name contains this text.")
    var only: String?

    func validate() throws {
      guard (100...100_000_000).contains(runs) else { throw ValidationError("--runs: expected 100 to 100 million.") }
    }

    func run() throws {
      let cases = CalibrationSuite.standard.filter { only.map($0.procedure.localizedCaseInsensitiveContains) ?? true }
      guard !cases.isEmpty else { throw ValidationError("--only: no procedure has this in its name.") }
      let results = try Calibration.run(
        cases, runs: runs, seed: seed, threads: ProcessInfo.processInfo.activeProcessorCount
      ) { result in
        if !result.holds { Terminal.notice("outside its band: \(result.subject.procedure)") }
      }
      try Terminal.print(Calibration.table(results), terminator: "")
      if !results.allSatisfy(\.holds) { throw AnswerIsNo() }
    }
  }
}
