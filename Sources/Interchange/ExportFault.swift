import Basics

/// Why a model cannot be handed over.
public enum ExportFault: InputFault, Hashable {
  case noStart(format: String, starts: Int)

  public var position: SourcePosition? { nil }

  public var sentence: String {
    switch self {
    case .noStart(let format, let starts):
      "\(format) begins at one state, the model has \(starts) starts; see 'verdict flow check MODEL'."
    }
  }
}
