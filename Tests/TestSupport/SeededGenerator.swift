import Basics
import Foundation

/// SplitMix64 with the laws that simulations need: the same numbers on every machine.
package typealias SeededGenerator = SplitMix64

extension SplitMix64 {
  package mutating func exponential() -> Double { -log(1 - uniform()) }

  /// Standard normal, by Box and Muller.
  package mutating func normal() -> Double { (2 * exponential()).squareRoot() * cos(2 * .pi * uniform()) }
}
