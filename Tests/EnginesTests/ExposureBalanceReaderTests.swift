import Engines
import Experiments
import Foundation
import Testing

@Suite struct ExposureBalanceReaderTests {
  @Test("units by first exposure, in the zone's days; of several arms the first in time counts, not in the file")
  func counts() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "exposures-\(UUID()).csv").path
    defer { unlink(path) }
    try """
    user_id,variant,timestamp,country
    u1,b,2026-11-24T10:00:00Z,no
    u1,a,2026-11-23T10:00:00Z,se
    u2,b,2026-11-23T23:30:00Z,no
    u2,b,2026-11-23T23:40:00Z,fi
    u3,a,2026-11-25T00:00:00Z,
    """.write(toFile: path, atomically: true, encoding: .utf8)
    let source = ExposureSource(files: [path], timeZone: "Europe/Oslo")
    let counts = try ExposureBalanceReader(source, segments: ["country"]).counts()
    #expect(counts.exposures == 5 && counts.isInSeveral == [true, false, false])
    #expect(counts.armOfUnit.map { counts.arms[Int($0)] } == ["a", "b", "a"])
    #expect(counts.groups.map(\.name) == ["country", "day"])
    func values(_ group: Int) -> [String] {
      counts.groups[group].valueOfUnit.map { counts.groups[group].values[Int($0)] }
    }
    #expect(values(0) == ["se", "no", ""])
    // 23:30 UTC is past midnight in Oslo.
    #expect(values(1) == ["2026-11-23", "2026-11-24", "2026-11-25"])
  }
}
