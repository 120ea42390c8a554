import CLAPACK
import Foundation

/// The BLAS and LAPACK of this machine, loaded when a routine is first called: a program that needs none does not pay for them.
public enum BLAS {
  /// The name and version that the library gives itself; "reference or unknown" if it has no such word.
  public static var backendName: String {
    typealias Getter = @convention(c) () -> UnsafePointer<CChar>?
    guard let symbol = library.symbol("openblas_get_config"), let text = unsafeBitCast(symbol, to: Getter.self)() else {
      return "reference or unknown"
    }
    return String(cString: text).trimmingCharacters(in: .whitespaces)
  }

  package static let dgemm = library.routine("cblas_dgemm", as: cblas_dgemm_routine.self)
  package static let dsyrk = library.routine("cblas_dsyrk", as: cblas_dsyrk_routine.self)

  fileprivate static let library = Library()

  /// What the system's loader finds under the names that every BLAS and LAPACK is installed as.
  fileprivate struct Library: @unchecked Sendable {
    private static let names = ["liblapack.so.3", "liblapack.so", "libopenblas.so.0", "libopenblas.so"]
    private let handle: UnsafeMutableRawPointer?

    /// A threaded BLAS is held to one thread: we parallelise above it, and results must not depend on a thread count. Told
    /// before it is loaded, it does not even start the others, which would wait for work at full speed.
    init() {
      setenv("OPENBLAS_NUM_THREADS", "1", 1)
      handle = Self.names.lazy.compactMap { dlopen($0, RTLD_LAZY) }.first
      typealias Setter = @convention(c) (Int32) -> Void
      if let symbol = symbol("openblas_set_num_threads") { unsafeBitCast(symbol, to: Setter.self)(1) }
    }

    /// One that was loaded before the program, by its user's wish, comes first.
    func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(nil, name) ?? handle.flatMap { dlsym($0, name) } }

    /// Without a BLAS there is nothing to go on with, as if the program had been linked with it: it ends with a sentence, and
    /// with 3, a fault that is not the input's.
    func routine<Routine>(_ name: String, as type: Routine.Type) -> Routine {
      guard let symbol = symbol(name) else {
        let sentence = "no BLAS and LAPACK on this machine: \(name) is not found. Install liblapack3 or libopenblas0.\n"
        _ = sentence.withCString { write(STDERR_FILENO, $0, sentence.utf8.count) }
        exit(3)
      }
      return unsafeBitCast(symbol, to: type)
    }
  }
}

/// The routines of LAPACK that this module calls.
enum LAPACK {
  static let dgeqrf = BLAS.library.routine("dgeqrf_", as: dgeqrf__routine.self)
  static let dgeqp3 = BLAS.library.routine("dgeqp3_", as: dgeqp3__routine.self)
  static let dormqr = BLAS.library.routine("dormqr_", as: dormqr__routine.self)
  static let dtrtri = BLAS.library.routine("dtrtri_", as: dtrtri__routine.self)
  static let dpotrf = BLAS.library.routine("dpotrf_", as: dpotrf__routine.self)
  static let dpotrs = BLAS.library.routine("dpotrs_", as: dpotrs__routine.self)
  static let dgetrf = BLAS.library.routine("dgetrf_", as: dgetrf__routine.self)
  static let dgetrs = BLAS.library.routine("dgetrs_", as: dgetrs__routine.self)
  static let dsyevd = BLAS.library.routine("dsyevd_", as: dsyevd__routine.self)
  static let dgesdd = BLAS.library.routine("dgesdd_", as: dgesdd__routine.self)
}
