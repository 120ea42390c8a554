import CLAPACK
import Foundation

/// The BLAS that the program was linked with.
public enum BLAS {
  /// Sets a threaded BLAS to one thread, once: we parallelise above it, and results must not depend on a thread count.
  static let ready: Void = {
    typealias Setter = @convention(c) (Int32) -> Void
    if let symbol = dlsym(nil, "openblas_set_num_threads") { unsafeBitCast(symbol, to: Setter.self)(1) }
  }()

  /// To be called before the first BLAS routine that is not called through this module.
  package static func prepare() { _ = ready }

  /// The name and version that the library gives itself; "reference or unknown" if it has no such word.
  public static var backendName: String {
    typealias Getter = @convention(c) () -> UnsafePointer<CChar>?
    guard let symbol = dlsym(nil, "openblas_get_config"), let text = unsafeBitCast(symbol, to: Getter.self)() else {
      return "reference or unknown"
    }
    return String(cString: text).trimmingCharacters(in: .whitespaces)
  }
}
