import Experiments
import Foundation
import Reports
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Whether the page is well-formed: an XML parser accepts it, and each element that is opened is closed in order. (The parser
/// by itself does not mind a document that ends too early.)
func parses(_ html: String) -> Bool {
  let balance = Balance()
  let parser = XMLParser(data: Data(html.replacing("<!DOCTYPE html>\n", with: "").utf8))
  parser.delegate = balance
  return parser.parse() && parser.parserError == nil && balance.isWhole
}

private final class Balance: NSObject, XMLParserDelegate {
  private var open: [String] = []
  private var elements = 0
  private var isBroken = false
  var isWhole: Bool { open.isEmpty && elements > 0 && !isBroken }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    open.append(name)
    elements += 1
  }
  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if open.popLast() != name { isBroken = true }
  }
  func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) { isBroken = true }
}

@Suite struct HTMLTests {
  @Test func isWellFormed() {
    #expect(parses(Report.html(Samples.analysis)))
    #expect(parses(Report.html(Samples.hostile)))
    #expect(parses(Report.html(Samples.cohorts)))
    for broken in ["<p>open", "<p></b></p>", "<p>a & b</p>", "<p x=1></p>", "text"] { #expect(!parses(broken)) }
  }

  @Test func labelsAreNeverMarkup() {
    let page = Report.html(Samples.hostile)
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"))
    #expect(!page.contains("\u{202E}"))
    #expect(!Report.markdown(Samples.hostile).contains("<script"))
    #expect(!Report.table(Samples.hostile, width: 100, color: false).contains("\u{1B}"))
  }

  @Test(arguments: [Report.html(Samples.analysis), Report.html(Samples.cohorts)])
  func asksNobody(_ page: String) {
    let links = page.replacing("http://www.w3.org/2000/svg", with: "")
    for word in ["http:", "https:", "url(", "@import", "<script", "<link", "src="] { #expect(!links.contains(word)) }
    #expect(page.contains("prefers-color-scheme: dark") && page.contains("@media print"))
  }
}
