import Basics

/// The text of workflow models: lanes with nodes and edges, one statement a line.
///
/// Reading never fails as a whole: every line is understood or reported, and reported again only when its cause is another.
/// Time and memory are linear in the length of the text.
public enum Notation {
  /// Reads a model file (`.flow`). Prose is a warning there.
  ///
  /// - Parameter file: the name used in diagnostics.
  public static func parse(_ bytes: some Sequence<UInt8>, file: String = "-") -> ParsedModel {
    let builder = ModelBuilder(Document(SourceText(Array(bytes), file: file), mode: .model))
    let found = builder.models.first
    return ParsedModel(
      document: builder.document, readModel: found?.model ?? Model(), sources: found?.sources ?? ModelSources())
  }

  public static func parse(_ text: String, file: String = "-") -> ParsedModel { parse(text.utf8, file: file) }

  /// Finds the models in a text that has prose around them.
  ///
  /// Lanes belong to one model unless each model begins with a line `@workflow`.
  public static func extract(_ bytes: some Sequence<UInt8>, file: String = "-") -> ExtractedModels {
    let builder = ModelBuilder(Document(SourceText(Array(bytes), file: file), mode: .document))
    return ExtractedModels(document: builder.document, models: builder.models.map(\.model))
  }

  public static func extract(_ text: String, file: String = "-") -> ExtractedModels { extract(text.utf8, file: file) }
}

/// A model file as read.
public struct ParsedModel: Sendable {
  package let document: Document
  /// As much of the model as could be read.
  package let readModel: Model
  package let sources: ModelSources

  /// The model, or nil if there is an error.
  public var model: Model? { diagnostics.hasErrors ? nil : readModel }
  public var diagnostics: [Diagnostic] { document.diagnostics }

  /// The model.
  /// - Throws: `InputFaults` with every error of the text.
  public func validated() throws(InputFaults) -> Model {
    guard let model else { throw InputFaults(diagnostics.filter { $0.severity == .error }) }
    return model
  }
}

/// A text with models in it, as read.
public struct ExtractedModels: Sendable {
  package let document: Document
  public let models: [Model]
  public var diagnostics: [Diagnostic] { document.diagnostics }
  /// The pieces of prose around the models, in their order.
  public var prose: [String] { document.prose.map(document.source.text) }
}
