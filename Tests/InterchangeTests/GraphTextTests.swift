import Interchange
import Testing
import Workflow

@Suite struct GraphTextTests {
  private static let small = """
    @workflow id=small title="A & B"
    Left { # The "left" lane
    end: circle label:"Start <here>"
    n2: diamond label:"Yes or #no?"
    }
    Right {
    n3: circle label:"Done\\nat last"
    n2.handle(right) -> n3.handle(top) [label="a|b"] [p=0.5]
    n2.handle(bottom) -> end.handle(bottom) [label=""] [p=0.5]
    end.handle(right) -> n2.handle(left)
    }
    """

  private func model() throws -> Model { try #require(Notation.extract(Self.small).models.first) }

  @Test func mermaid() throws {
    #expect(
      try model().exported(as: .mermaid).text == """
        ---
        title: "A #amp; B"
        ---
        flowchart LR
          subgraph lane1["The #quot;left#quot; lane"]
            node_end(["Start #lt;here#gt;"])
            n2{"Yes or #35;no?"}
          end
          subgraph lane2["Right"]
            n3(["Done<br/>at last"])
          end
          n2 -->|"a|b"| n3
          n2 --> node_end
          node_end --> n2

        """)
  }

  @Test func dot() throws {
    #expect(
      try model().exported(as: .dot).text == """
        digraph "A & B" {
          rankdir=LR;
          node [fontsize=11];
          subgraph cluster_0 {
            label="The \\"left\\" lane";
            "end" [shape=circle, label="Start <here>"];
            "n2" [shape=diamond, label="Yes or #no?"];
          }
          subgraph cluster_1 {
            label="Right";
            "n3" [shape=circle, label="Done\\nat last"];
          }
          "n2" -> "n3" [tailport=e, headport=n, label="a|b"];
          "n2" -> "end" [tailport=s, headport=s, label=""];
          "end" -> "n2" [tailport=e, headport=w];
        }

        """)
  }

  @Test func whatIsLostIsSaid() throws {
    #expect(try model().exported(as: .dot).losses == ["left out: p="])
    #expect(
      try model().exported(as: .mermaid).losses == [
        "handles are left out: the flowchart chooses where edges dock", "left out: p=",
      ])
  }
}
