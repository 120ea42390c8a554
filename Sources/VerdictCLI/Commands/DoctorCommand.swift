import ArgumentParser
import Basics
import Foundation
import LinearAlgebra

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What this program runs on: version, BLAS, cores.",
    discussion: "EXAMPLE\n  verdict doctor")

  func run() throws {
    try Terminal.print("verdict  \(ToolVersion.current)")
    try Terminal.print("BLAS     \(BLAS.backendName), 1 thread (we parallelise above it)")
    try Terminal.print("cores    \(ProcessInfo.processInfo.activeProcessorCount)")
    try Terminal.print("system   \(ProcessInfo.processInfo.operatingSystemVersionString)")
  }
}
