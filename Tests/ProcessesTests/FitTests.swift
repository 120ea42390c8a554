import Foundation
import Processes
import Tables
import TestSupport
import Testing
import Workflow

@Suite struct FlowFitTests {
  @Test("p= and duration= are learnt back from a simulated log", arguments: ["content_moderation", "billing_dispute"])
  func learnsBack(_ name: String) throws {
    let text = try #require(BuiltInModels.text(named: name))
    let model = try #require(BuiltInModels.model(named: name))
    var plan = SimulationPlan()
    plan.cases = 100_000
    let fit = try FlowFit(text: Array(text.utf8), file: "m.flow", log: simulated(model, plan))
    let learnt = try Notation.parse(fit.text).validated()
    let (before, after) = (try ClosedForm(model), try ClosedForm(learnt))
    for (old, new) in zip(before.edges, after.edges) {
      expectClose(new.probability, old.probability, relative: 0, absolute: 0.01, "\(old.source) \(old.label ?? "")")
    }
    expectClose(after.meanTime, before.meanTime, relative: 0.02)
    expectClose(after.timeVariance, before.timeVariance, relative: 0.1)
    // The families are found again.
    for time in fit.times where time.times > 5_000 {
      let written = try #require(model.node(time.node)?.attributes["duration"])
      #expect(time.law.text.prefix(3) == written.prefix(3), "\(time.node): \(time.law.text), was \(written)")
    }
  }

  /// Observation ends long before half of the cases do; without censoring the durations would come out short by tens of per cent.
  @Test func censoredTimesCount() throws {
    let model = lane(
      """
      n1: circle label:"Start"
      n2: rectangle label:"Work" [duration=exp(10d)]
      n3: circle label:"End"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      """)
    var plan = SimulationPlan()
    plan.cases = 40_000
    plan.arrivals = .every(10)
    plan.observed = 8 * 86_400
    let text =
      "L {\nn1: circle label:\"Start\"\nn2: rectangle label:\"Work\"\nn3: circle label:\"End\"\n"
      + "n1.handle(right) -> n2.handle(left)\nn2.handle(right) -> n3.handle(left)\n}\n"
    let fit = try FlowFit(text: Array(text.utf8), file: "m.flow", log: simulated(model, plan))
    let time = try #require(fit.times.first)
    #expect(time.censored > time.times / 2)
    guard case .exponential(let mean) = time.law else {
      Issue.record("\(time.law)")
      return
    }
    expectClose(mean, 864_000, relative: 0.03)
  }

  @Test func theEditTouchesNothingElse() throws {
    let text = """
      # A comment.
      L { # Lane
        n1: circle   label:"Start"   # begins
      n2: rectangle label:"Work" [human=x duration=exp(1h)]  # works
      n3: diamond label:"?"
      n4: circle label:"End"
      n1.handle(right)->n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      n3.handle(right) -> n4.handle(left) [label="Yes"] # out
      n3.handle(top) -> n2.handle(top) [label="No", p="0.5"] [event=again]
      }
      """
    var edit = ModelTextEdit(Notation.parse(text))
    edit.set(node: "n1", [("duration", "const(1s)")])
    edit.set(node: "n2", [("duration", "lognormal(2h,0.5)"), ("cost", "3")])
    edit.set(edge: 2, [("p", "0.25")])
    edit.set(edge: 3, [("p", "0.75")])
    #expect(
      String(decoding: edit.bytes, as: UTF8.self) == """
        # A comment.
        L { # Lane
          n1: circle   label:"Start" [duration=const(1s)]   # begins
        n2: rectangle label:"Work" [human=x duration="lognormal(2h,0.5)" cost=3]  # works
        n3: diamond label:"?"
        n4: circle label:"End"
        n1.handle(right)->n2.handle(left)
        n2.handle(right) -> n3.handle(left)
        n3.handle(right) -> n4.handle(left) [label="Yes"] [p=0.25] # out
        n3.handle(top) -> n2.handle(top) [label="No", p=0.75] [event=again]
        }
        """)
  }

  @Test func aBranchThatNoCaseTook() throws {
    let model = try #require(BuiltInModels.model(named: "content_moderation"))
    var plan = SimulationPlan()
    plan.cases = 200
    let never = BranchOverride(node: "n7", label: "Yes", probability: 0)
    var bytes: [UInt8] = []
    _ = try Simulation(model, plan, overrides: [never]).run { bytes += $0 }
    let log = try EventLogReader(MeasurePlan()).read(TableSource(files: [TableFile(name: "log.csv", bytes: bytes)]))
    let text = try #require(BuiltInModels.text(named: "content_moderation"))
    let fit = try FlowFit(text: Array(text.utf8), file: "m.flow", log: log)
    #expect(fit.notices.contains("no case went from n7 by 'Yes'; it gets p=0."))
  }
}
