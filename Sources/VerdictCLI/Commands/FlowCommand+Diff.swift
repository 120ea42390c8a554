import ArgumentParser
import Basics
import Workflow

extension FlowCommand {
  struct DiffFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff", abstract: "What changed in meaning between two models; exits with 1 if something did.",
      discussion: """
        EXAMPLE
          verdict flow diff oauth oauth_fixed

        Layout, comments and the numbering of nodes are no change. Nodes and edges are
        added (+), removed (-), changed (~) or moved (>): a node to another lane, an
        edge to another node.
        """)

    @Argument(help: "The model as it was: a .flow file, a built-in model's name, or '-'.")
    var old: String

    @Argument(help: "The model as it is.")
    var new: String

    @Flag(help: "JSON instead of text.")
    var json = false

    func run() throws {
      let diff = ModelDiff(from: try ModelSource(old).onlyModel(), to: try ModelSource(new).onlyModel())
      try Terminal.print(json ? diff.json.text(pretty: true) : diff.text, terminator: "")
      if !diff.isEmpty { throw AnswerIsNo() }
    }
  }
}

extension ModelSource {
  /// The one model of the text.
  /// - Throws: every error of the text, or that it holds none or several.
  func onlyModel() throws -> Model {
    let (models, diagnostics) = models()
    if diagnostics.hasErrors { throw InputFaults(diagnostics.filter { $0.severity == .error }) }
    guard let model = models.first else {
      throw UsageFault(sentence: "\(name) holds no model: no lane begins with 'Name {'.")
    }
    if models.count > 1 { throw UsageFault(sentence: "\(name) holds \(models.count) models; put each into a file.") }
    return model
  }
}
