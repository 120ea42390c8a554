import Processes
import Workflow

/// A form in which a model goes to other programs.
public enum ModelFormat: String, Sendable, CaseIterable {
  /// BPMN 2.0 with diagram coordinates: Camunda 8, PM4Py, ProM, bpmn.io.
  case bpmn
  /// Amazon States Language: AWS Step Functions.
  case asl
  case mermaid
  /// Graphviz.
  case dot
  /// The scenario of a Prosimos simulation; it names the elements of the BPMN file of the same model.
  case prosimos
}

/// A model in another form, and what that form cannot say.
public struct ModelExport: Sendable {
  public let text: String
  /// Sentences; empty if nothing is lost.
  public let losses: [String]
}

extension Model {
  /// The model for another program.
  ///
  /// - Parameter folder: where files of `empirical(…)` are looked for; only for `prosimos`.
  /// - Throws: `ProcessFault` if a scenario is asked for and the model has no probabilities or is not sound, and
  ///   `ExportFault` for a model that the form's programs would not take at all.
  public func exported(as format: ModelFormat, folder: String = ".") throws -> ModelExport {
    switch format {
    case .bpmn: BPMNExport(self).export()
    case .asl: try ASLExport(self).export()
    case .mermaid: MermaidExport(self).export()
    case .dot: DOTExport(self).export()
    case .prosimos: try ProsimosExport(self, folder: folder).export()
    }
  }
}
