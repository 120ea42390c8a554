// swift-tools-version: 6.1
import PackageDescription

// Apart from the main package, so that its users build no benchmark.
let package = Package(
  name: "HashingBenchmark",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "Verdict", path: "../..")],
  targets: [
    .target(name: "CLoop"),
    .executableTarget(
      name: "hash-bench", dependencies: ["CLoop", .product(name: "Verdict", package: "Verdict")]),
  ],
  swiftLanguageModes: [.v6]
)
