import ArgumentParser
import Basics
import Foundation
import Processes
import Workflow

extension FlowCommand {
  struct DrawFlow: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "draw", abstract: "A model as swimlanes: SVG, or PNG where a converter is installed.",
      discussion: """
        EXAMPLES
          verdict flow draw ab-test -o ab-test.svg
          verdict flow draw model.flow --theme dark -o model.png
          verdict flow draw --run .verdict/runs/checkout-1 -o now.svg
              where a run stands
          verdict flow draw model.flow --log log.csv --show times -o times.svg

        Time goes from left to right, edges leave and arrive at the sides that the
        model's handles name. The same model gives the same bytes on every machine. A
        file that ends in .png is converted by rsvg-convert or chromium.
        """)

    @Argument(help: "A .flow file, a text that holds a model, a built-in model's name, or '-'. Not needed with --run.")
    var model: String?

    @Option(help: ArgumentHelp("Light, dark, or as the reader's system asks for.", valueName: "light|dark|auto"))
    var theme = DrawingOptions.Theme.auto

    @Option(
      name: .customLong("run"), help: ArgumentHelp("Mark where the run of this folder stands.", valueName: "folder"))
    var runFolder: String?

    @Option(
      name: .customLong("log"), parsing: .singleValue,
      help: ArgumentHelp("Show what this event log says, CSV or TSV, also .gz.", valueName: "log"))
    var logs: [String] = []

    @Option(help: ArgumentHelp("What of the log: counts, times or variants.", valueName: "numbers"))
    var show = Overlay.Numbers.counts

    @Option(help: "The variant that the others are compared with.")
    var control: String?

    @Option(
      name: [.customShort("o"), .customLong("output")],
      help: ArgumentHelp("Write to this file, .svg or .png.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Options of logs") var log: EventLogOptions
    @OptionGroup(title: "Options of tables") var table: TableInputOptions

    func validate() throws {
      if runFolder != nil, !logs.isEmpty { throw ValidationError("Show a run or a log, not both.") }
      if logs.isEmpty, show != .counts { throw ValidationError("--show needs --log.") }
    }

    func run() throws {
      let (model, overlay) = try subject()
      let isImage = output?.lowercased().hasSuffix(".png") ?? false
      let theme = isImage && theme == .auto ? .light : theme
      let svg = Array(model.svg(DrawingOptions(theme: theme, overlay: overlay)).utf8)
      guard let output, output != "-" else { return try Terminal.print(bytes: svg) }
      if isImage {
        try PictureConverter.installed().convert(svg, to: output)
      } else {
        try AtomicFile.write(svg, to: output)
      }
      Terminal.notice("wrote \(output)")
    }

    private func subject() throws -> (Model, Overlay) {
      let named = try model.map { try ModelSource($0).onlyModel() }
      guard let folder = runFolder else {
        guard let named else { throw UsageFault(sentence: "nothing to draw: name a model, or a run with --run.") }
        return (named, logs.isEmpty ? Overlay() : try measured(named))
      }
      let run = try WorkflowRun.open(directory: folder)
      if let named, named != run.model {
        throw UsageFault(
          sentence: "the run in \(folder) executes another model; leave the model out to draw the run's.")
      }
      return (run.model, Overlay(run: run.history, status: run.status, of: run.model))
    }

    private func measured(_ model: Model) throws -> Overlay {
      var plan = try log.plan(model, table)
      plan.control = control
      let found = try FlowMeasurer(model, plan).measure(table.expanded(logs), options: table.options())
      if show == .variants, found.comparison == nil {
        throw UsageFault(sentence: "the log has no two variants that could differ; show counts or times.")
      }
      return Overlay(found, of: model, showing: show)
    }
  }
}

extension Overlay.Numbers: ExpressibleByArgument {}

extension DrawingOptions.Theme: ExpressibleByArgument {}

/// A program of this machine that makes a PNG of an SVG.
private struct PictureConverter {
  let program: URL
  let arguments: (_ svg: URL, _ png: URL) -> [String]

  static func installed() throws -> PictureConverter {
    if let program = find(["rsvg-convert"]) {
      return PictureConverter(program: program) { ["--zoom", "2", "-o", $1.path, $0.path] }
    }
    if let program = find(["chromium", "chromium-browser", "google-chrome", "chrome"]) {
      return PictureConverter(program: program) { svg, png in
        let size = pictureSize(svg)
        return [
          "--headless", "--disable-gpu", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=2",
          "--screenshot=\(png.path)", "--window-size=\(size.width),\(size.height)", svg.absoluteString,
        ]
      }
    }
    throw UsageFault(sentence: "a PNG needs rsvg-convert (package librsvg2-bin) or chromium; write an .svg instead.")
  }

  /// The file appears whole or not at all.
  func convert(_ svg: [UInt8], to path: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "verdict-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (source, target) = (folder.appending(path: "picture.svg"), folder.appending(path: "picture.png"))
    try AtomicFile.write(svg, to: source.path)
    let process = Process()
    process.executableURL = program
    process.arguments = arguments(source, target)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard let image = FileManager.default.contents(atPath: target.path), !image.isEmpty else {
      throw UsageFault(sentence: "\(program.lastPathComponent) made no picture; write an .svg instead.")
    }
    try AtomicFile.write([UInt8](image), to: path)
  }

  private static func find(_ names: [String]) -> URL? {
    let folders = ProcessInfo.processInfo.environment["PATH", default: "/usr/bin:/bin"].split(separator: ":")
    let paths = names.flatMap { name in folders.map { "\($0)/\(name)" } }
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }
  }

  /// Width and height as the picture's first line says.
  private static func pictureSize(_ svg: URL) -> (width: Int, height: Int) {
    let head = (try? String(contentsOf: svg, encoding: .utf8))?.prefix(300) ?? ""
    func value(_ name: String) -> Int? {
      head.range(of: "\(name)=\"").flatMap { Int(head[$0.upperBound...].prefix { $0.isNumber }) }
    }
    return (value(" width") ?? 2000, value(" height") ?? 1000)
  }
}
