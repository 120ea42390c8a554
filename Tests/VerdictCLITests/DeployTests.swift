import Basics
import Foundation
import Testing

@Suite struct DeployTests {
  @Test("a file that takes the new variant from users is refused with their number; printing it warns")
  func moves() throws {
    let folder = try Folder()
    try folder.write(ExampleTrial.spec(), to: "trial.yaml")
    #expect(try Program.run(["run", "trial.yaml"], in: folder).output == "trial-1: finished: Winner deployed\n")
    try folder.write("user_id\n" + (0..<1000).map { "u\($0)\n" }.joined(), to: "users.csv")
    let refused = try Program.run(["deploy", "--stage", "1", "--ids", "users.csv", "-o", "f.json"], in: folder)
    #expect(refused.exit == 1 && !folder.names.contains("f.json"))
    let pattern =
      /verdict: of 1000 users 1000 get the new variant now and (\d+) of them would get another one\. Pass .*\n/
    let count = try #require(refused.errors.wholeMatch(of: pattern).flatMap { Int($0.1) })
    // All have it, a tenth keeps it: binomial of 1,000 at 0.9, four standard deviations are 38.
    #expect(abs(count - 900) < 38)
    let printed = try Program.run(["deploy", "--stage", "1", "--ids", "users.csv"], in: folder)
    #expect(printed.exit == 0 && printed.errors.contains("and \(count) of them would get another one\n"))
    let allowed = try Program.run(["deploy", "--stage", "1", "--allow-moves", "-o", "f.json"], in: folder)
    #expect(allowed.exit == 0 && folder.names.contains("f.json"))
    // What was written counts from now on: growth moves nobody.
    #expect(try Program.run(["deploy", "--stage", "2", "-o", "f.json"], in: folder).exit == 0)
  }

  @Test("from a spec, with the command that gives the same users")
  func fromASpec() throws {
    let folder = try Folder()
    try folder.write(
      """
      version: 1
      name: checkout
      variants: [control, treatment]
      data: { files: [none.csv] }
      metrics: ["c = proportion(converted)"]
      rollout: { flag: one-page, target: eppo, stages: [{ share: 25% }, { share: 100% }] }
      """, to: "x.yaml")
    let outcome = try Program.run(["deploy", "--spec", "x.yaml", "--variant", "treatment"], in: folder)
    #expect(outcome.exit == 0)
    #expect(try JSONValue(parsing: Array(outcome.output.utf8))["flags"]?["one-page"]?["totalShards"]?.int == 10_000)
    #expect(
      outcome.errors.hasSuffix(
        "verdict: the same users by: verdict assign FILE --scheme eppo/1 --salt checkout/rollout "
          + "--weights treatment=2500,control=7500\n"))
    #expect(folder.names == ["x.yaml"])
    let wrong = try Program.run(["deploy", "--spec", "x.yaml", "--variant", "treatmnt"], in: folder)
    #expect(wrong.exit == 2 && wrong.errors == "verdict: no variant 'treatmnt'. Did you mean 'treatment'?\n")
    let half = try Program.run(["deploy", "--spec", "x.yaml"], in: folder)
    #expect(half.exit == 2 && half.errors.contains("Give a run, or --spec together with --variant"))
  }

  @Test("verdict balance finds a country whose shares are wrong")
  func balance() throws {
    let folder = try Folder()
    let rows = (0..<4000).map { number in
      let country = number % 2 == 0 ? "no" : "se"
      // In "no" one in four gets a, in "se" three in four: together even.
      let isFirst = (number / 2 % 4 == 0) == (country == "no")
      return "u\(number),\(isFirst ? "a" : "b"),2026-11-\(10 + number % 7)T12:00:00Z,\(country)\n"
    }
    try folder.write("user_id,variant,timestamp,country\n" + rows.joined(), to: "x.csv")
    let outcome = try Program.run(["balance", "x.csv", "--segment", "country", "--format", "json"], in: folder)
    #expect(outcome.exit == 1 && outcome.errors.isEmpty)
    let report = try JSONValue(parsing: Array(outcome.output.utf8))
    #expect(report["schema"]?.string == "verdict.balance/1" && report["sampleRatio"]?["first"]?.double == 1)
    #expect(
      report["findings"]?.text() == #"["By country, the shares are wrong in 2 of 2: 'no', 'se'."]"#)
    #expect(try Program.run(["balance", "x.csv"], in: folder).exit == 0)
  }
}
