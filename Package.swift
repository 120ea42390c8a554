// swift-tools-version: 6.1
import Foundation
import PackageDescription

// The house is read downwards: a module imports only modules above it.

// MARK: - External packages

var dependencies: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
]
if Context.environment["WITH_DOCC"] != nil {
  dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// MARK: - Helpers

/// A library module and its mirror of tests.
func room(
  _ name: String, _ uses: [Target.Dependency], resources: [Resource] = [], testsUse: [Target.Dependency] = []
) -> [Target] {
  let home = "Sources/\(name)"
  let tests = "Tests/\(name)Tests"
  var targets: [Target] = [
    .target(name: name, dependencies: uses, exclude: present(["README.md"], in: home), resources: resources)
  ]
  if exists(tests) {
    targets.append(
      .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + uses + testsUse,
        exclude: present(["Fixtures"], in: tests)))
  }
  return targets
}

func exists(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + path)
}

func present(_ names: [String], in folder: String) -> [String] { names.filter { exists("\(folder)/\($0)") } }

// MARK: - Kernels

let kernels: [Target] = [
  .systemLibrary(
    name: "CLAPACK", providers: [.apt(["liblapack-dev", "libblas-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .target(name: "CScan", dependencies: ["CHash"]),
  .target(name: "CMoments"),
  .target(name: "CHash"),
]

// MARK: - Rooms, in the order of the data

let rooms: [[Target]] = [
  room("Basics", []),
  room("Hashing", ["CHash"]),
  room("LinearAlgebra", ["Basics", "CLAPACK"]),
  room("Statistics", ["Basics", "LinearAlgebra", "CLAPACK", "CMoments"]),
  room("Tables", ["Basics", "CZlib", "CHash", "CScan"]),
  room("Allocation", ["Basics", "Hashing", "Statistics"]),
  room("Workflow", ["Basics", "Hashing"], resources: [.embedInCode("Models")]),
  room("Processes", ["Basics", "Hashing", "LinearAlgebra", "Statistics", "Tables", "Allocation", "Workflow"]),
  room("Interchange", ["Basics", "Tables", "Workflow", "Processes"]),
  room(
    "Experiments", ["Basics", "Hashing", "LinearAlgebra", "Statistics", "Tables", "Allocation", yams],
    resources: [.embedInCode("Schemas")]),
  room("Cohorts", ["Basics", "LinearAlgebra", "Statistics", "Tables", "CScan"]),
  room("Deployment", ["Basics", "Hashing", "Allocation", "Experiments"]),
  room("Registry", ["Basics", "Hashing", grdb]),
  room("Engines", ["Basics", "CScan", "Hashing", "Statistics", "Tables", "Allocation", "Experiments", "Cohorts"]),
  room("Notebooks", ["Basics"]),
  room(
    "Reports", ["Basics", "Statistics", "Allocation", "Workflow", "Processes", "Experiments", "Cohorts"]),
  room("Conformance", ["Basics", "Hashing", "LinearAlgebra", "Statistics", "Tables", "Allocation", "Cohorts"]),
  room(
    "Pipelines",
    [
      "Basics", "Hashing", "Statistics", "Tables", "Allocation", "Workflow", "Processes", "Experiments", "Cohorts",
      "Deployment",
      "Registry",
      "Engines", "Reports",
    ]),
]

// MARK: - Public API and executables

let surface: [Target] = [
  .target(
    name: "Verdict",
    dependencies: [
      "Basics", "LinearAlgebra", "Statistics", "Tables", "Allocation", "Workflow", "Processes", "Interchange",
      "Experiments", "Cohorts", "Deployment", "Engines", "Reports",
    ]),
  .executableTarget(
    name: "VerdictCLI",
    dependencies: [
      "Basics", "Hashing", "Statistics", "Tables", "Allocation", "Workflow", "Processes", "Interchange",
      "Experiments", "Cohorts", "Deployment", "Registry", "Engines", "Notebooks", "Reports", "Conformance", "Pipelines",
      "LinearAlgebra",
      argumentParser,
    ]),
  .testTarget(
    // Runs the program as a process; depending on it has it built.
    name: "VerdictCLITests", dependencies: ["VerdictCLI", "Basics", "Workflow", "TestSupport"], exclude: ["Fixtures"]),
  .target(name: "TestSupport", dependencies: ["Basics"], path: "Tests/TestSupport"),
]

let package = Package(
  name: "Verdict",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "Verdict", targets: ["Verdict"]),
    .executable(name: "verdict", targets: ["VerdictCLI"]),
  ],
  dependencies: dependencies,
  targets: kernels + rooms.flatMap { $0 } + surface,
  swiftLanguageModes: [.v6]
)
