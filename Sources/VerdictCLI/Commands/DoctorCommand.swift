import ArgumentParser
import Basics
import Foundation
import LinearAlgebra

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What this program runs on: version, BLAS, cores.",
    discussion: "EXAMPLE\n  verdict doctor")

  func run() throws {
    print("verdict  \(ToolVersion.current)")
    print("BLAS     \(BLAS.backendName), 1 thread (we parallelise above it)")
    print("cores    \(ProcessInfo.processInfo.activeProcessorCount)")
    print("system   \(ProcessInfo.processInfo.operatingSystemVersionString)")
  }
}
