import Basics
import Interchange
import Processes
import Testing
import Workflow

@Suite struct ProsimosTests {
  @Test("the scenario names the elements of the BPMN file", arguments: BuiltInModels.names.filter { $0 != "oauth" })
  func builtIn(name: String) throws {
    let model = try #require(BuiltInModels.model(named: name))
    let scenario = try JSONValue(parsing: try model.exported(as: .prosimos).text)
    let xml = try #require(XMLElements(try model.exported(as: .bpmn).text))
    func ids(_ names: String...) -> [String] { names.flatMap { xml.named($0) }.compactMap { $0.attributes["id"] } }
    let tasks = ids("bpmn:task", "bpmn:userTask", "bpmn:serviceTask").sorted()
    #expect(scenario["resource_profiles"]?.array?.compactMap { $0["id"]?.string }.sorted() == tasks)
    let timed = scenario["task_resource_distribution"]?.array ?? []
    #expect(timed.compactMap { $0["task_id"]?.string }.sorted() == tasks)
    let gateways = scenario["gateway_branching_probabilities"]?.array ?? []
    #expect(gateways.compactMap { $0["gateway_id"]?.string } == ids("bpmn:exclusiveGateway"))
    let flows = Set(ids("bpmn:sequenceFlow"))
    for gateway in gateways {
      let paths = gateway["probabilities"]?.array ?? []
      #expect(paths.allSatisfy { flows.contains($0["path_id"]?.string ?? "") })
      #expect(abs(paths.compactMap { $0["value"]?.double }.reduce(0, +) - 1) < 1e-12)
    }
    let calendars = Set((scenario["resource_calendars"]?.array ?? []).compactMap { $0["id"]?.string })
    for profile in scenario["resource_profiles"]?.array ?? [] {
      #expect(calendars.contains(profile["resource_list"]?[0]?["calendar"]?.string ?? ""))
    }
  }

  /// By hand: a lognormal of median 30 min and sigma 1 has the mean 1800·e^½ and the variance (e - 1)·mean².
  @Test func lawsAndHours() throws {
    let text = """
      L { # L
      n1: circle label:"S"
      n2: rectangle label:"Check" [duration="lognormal(30m,1)" resources="desk:2 mon,tue 09:00-17:00"]
      n3: rectangle label:"Rest" [wait=2h]
      n4: circle label:"E"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left)
      n3.handle(right) -> n4.handle(left)
      }
      """
    let model = try #require(Notation.parse(text).model)
    let scenario = try JSONValue(parsing: try model.exported(as: .prosimos).text)
    let law = try #require(scenario["task_resource_distribution"]?[0]?["resources"]?[0])
    #expect(law["distribution_name"]?.string == "lognorm")
    let values = (law["distribution_params"]?.array ?? []).compactMap { $0["value"]?.double }
    #expect(abs(values[0] - 2967.698287) < 1e-6 && abs(values[1] / (2967.698287 * 2967.698287) - 1.718281828) < 1e-6)
    let person = try #require(scenario["resource_profiles"]?[0]?["resource_list"]?[0])
    #expect(person["amount"]?.int == 2 && person["name"]?.string == "desk")
    let hours = scenario["resource_calendars"]?.array?.first { $0["id"]?.string == "hours_desk" }
    #expect(
      hours?["time_periods"]?.text()
        == #"[{"from":"MONDAY","to":"MONDAY","beginTime":"09:00:00","endTime":"17:00:00"},"#
        + #"{"from":"TUESDAY","to":"TUESDAY","beginTime":"09:00:00","endTime":"17:00:00"}]"#)
    #expect(
      scenario["event_distribution"]?.text()
        == #"[{"event_id":"n3","distribution_name":"fix","distribution_params":[{"value":7200.0}]}]"#)
  }

  @Test func probabilitiesAreNeeded() throws {
    let model = try #require(BuiltInModels.model(named: "oauth"))
    #expect(throws: ProcessFault.self) { try model.exported(as: .prosimos) }
  }
}
