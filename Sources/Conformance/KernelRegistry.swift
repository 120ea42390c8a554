import Basics

/// A function of this build under the name that reference files use.
package typealias Kernel = @Sendable (JSONValue) throws -> JSONValue

/// The kernels of this build, by `kernel` or `kernel.function`.
package struct KernelRegistry: Sendable {
  private var kernels: [String: Kernel] = [:]

  package init() {}

  package mutating func register(_ name: String, _ kernel: @escaping Kernel) { kernels[name] = kernel }

  package subscript(name: String) -> Kernel? { kernels[name] }

  package var names: [String] { kernels.keys.sorted() }

  /// Everything that there is.
  package static let standard: KernelRegistry = {
    var registry = KernelRegistry()
    registry.registerDistributions()
    registry.registerSpecialFunctions()
    registry.registerTests()
    registry.registerIntervals()
    registry.registerAdjustments()
    registry.registerSequential()
    registry.registerGroupSequential()
    registry.registerBoundedMeans()
    registry.registerRegression()
    registry.registerLinearAlgebra()
    registry.registerUnivariate()
    registry.registerSurvival()
    registry.registerBootstrap()
    registry.registerLifetime()
    registry.registerCohorts()
    registry.registerAllocation()
    registry.registerBayesian()
    registry.registerDesign()
    registry.registerRanks()
    registry.registerMetaAnalysis()
    registry.registerQuantiles()
    return registry
  }()
}
