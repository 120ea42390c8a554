/// How a picture of a model is drawn.
public struct DrawingOptions: Sendable, Hashable {
  public enum Theme: String, Sendable, Hashable, CaseIterable {
    case light, dark
    /// Light or dark as the reader's system asks for (`prefers-color-scheme`).
    case auto
  }
  public var theme: Theme
  public var overlay: Overlay

  public init(theme: Theme = .auto, overlay: Overlay = Overlay()) { (self.theme, self.overlay) = (theme, overlay) }
}

extension Model {
  /// The model as lanes from left to right, laid out but not drawn.
  package func picture(overlay: Overlay = Overlay()) -> Picture { PictureBuilder(self, overlay: overlay).picture() }

  /// The model as an SVG document: the same bytes for the same model on every machine.
  ///
  /// Lanes are bands from top to bottom in the order of the text, time goes from left to right, and edges leave and arrive at the
  /// sides that their handles name. Defective models are drawn too; edges to nodes that are not declared are left out.
  public func svg(_ options: DrawingOptions = DrawingOptions()) -> String {
    SVGWriter(picture(overlay: options.overlay), model: self, options: options).text()
  }
}
