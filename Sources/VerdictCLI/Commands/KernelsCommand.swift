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
    subcommands: [ListKernels.self, CheckKernels.self, CalibrateKernels.self, BenchKernels.self])

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

  struct BenchKernels: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bench",
      abstract: "Time kernels on generated data, which is written for peers to read.",
      discussion: """
        EXAMPLE
          verdict kernels bench bench-data > ours.json

        Prints JSON: seconds by the clock and of the processors, the best of some runs.
        Benchmarks/kernels/run.sh times peers on the same files and prints ratios.
        """)

    @Argument(help: ArgumentHelp("Where the data is written; made if it is not there.", valueName: "folder"))
    var folder: String

    @Option(help: "The summary of customers that BG/NBD is fitted to.")
    var customers = "Datasets/References/data/cdnow_summary.csv"

    @Option(help: "Only the jobs whose name contains this text.")
    var only: String?

    @Option(help: "Share of the full number of rows, in (0, 1].")
    var scale = 1.0

    func validate() throws {
      guard scale > 0, scale <= 1 else { throw ValidationError("--scale: expected a share in (0, 1].") }
    }

    func run() throws {
      let place = URL(filePath: folder)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let jobs = KernelBenchmark.standard(customers: customers, scale: scale)
        .filter { only.map($0.name.localizedCaseInsensitiveContains) ?? true }
      guard !jobs.isEmpty else { throw ValidationError("--only: no job has this in its name.") }
      try Terminal.print(JSONValue.array(try jobs.map { try $0.run(in: place).json }).text())
    }
  }
}
