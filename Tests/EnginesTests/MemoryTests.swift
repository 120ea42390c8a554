import Engines
import Experiments
import Tables
import Testing

/// Memory is asked for before work starts.
@Suite struct MemoryTests {
  static func sentence(_ memory: Int, _ change: (inout MeasurementRequest) -> Void = { _ in }) throws -> String {
    let rows = (0..<1000).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),\($0)\n" }.joined()
    var options = TableOptions(threads: 1)
    options.memoryBytes = memory
    var request = MeasurementRequest(files: ["t.csv"], unitColumn: "u", metrics: [try Metric(parsing: "m=mean(x)")])
    change(&request)
    let file = TableFile(name: "t.csv", bytes: Array(("u,variant,x\n" + rows).utf8))
    do {
      return
        "\(try CSVEngine(options: options).measure(request, TableSource(files: [file], options: options)).rows) rows"
    } catch {
      return "\(error)"
    }
  }

  @Test func tooLittleIsRefusedWithTheBytesNeeded() throws {
    // 1,001 rows by estimate, 16 bytes each for ids.
    #expect(
      try Self.sentence(10_000)
        == "1,001 rows need about 16 kB of memory (16016 bytes); 10 kB are free. Read fewer rows at a time, analyse in parts "
        + "and put their statistics together, or allow more with --memory.")
    #expect(try Self.sentence(20_000) == "1000 rows")
    #expect(try Self.sentence(10_000) { $0.unitColumn = nil } == "1000 rows")
    #expect(try Self.sentence(20_000) { $0.metrics[0].options.cap = .percentile(99) } != "1000 rows")
  }

  /// A segment a row, which the first rows show: refused long before there is no memory left.
  @Test func segmentsWithoutEndAreRefused() throws {
    let rows = (0..<20_000).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),\($0)\n" }.joined()
    let text = Array(("u,variant,x\n" + rows).utf8)
    func sentence(_ memory: Int) throws -> String {
      var options = TableOptions(threads: 1)
      (options.memoryBytes, options.chunkBytes) = (memory, 4096)
      var request = MeasurementRequest(files: ["t.csv"], metrics: [try Metric(parsing: "m=mean(x)")])
      request.segmentColumns = ["u"]
      do {
        let source = try TableSource(files: [TableFile(name: "t.csv", bytes: text)], options: options)
        return "\(try CSVEngine(options: options).measure(request, source).rows) rows"
      } catch {
        return "\(error)"
      }
    }
    let refused = try sentence(16_000_000)
    #expect(refused.hasPrefix("the segments of 'u', about "))
    #expect(
      refused.hasSuffix(
        "A segment is a group of many units: take a column with fewer values, or allow more with --memory."))
    #expect(try sentence(40_000_000) == "20000 rows")
  }

  /// Clusters are kept, each with its totals; few of them take no room however many rows they have.
  @Test func clustersWithoutEndAreRefused() throws {
    let text =
      "u,g,variant,y\n" + (0..<20_000).map { "u\($0),g\($0 % 3),\($0 % 2 == 0 ? "control" : "b"),\($0 % 7)\n" }.joined()
    func sentence(_ cluster: String, _ memory: Int) throws -> String {
      var options = TableOptions(threads: 1)
      (options.memoryBytes, options.chunkBytes) = (memory, 4096)
      var request = MeasurementRequest(files: ["t.csv"], metrics: [try Metric(parsing: "m=mean(y)")])
      request.clusterColumn = cluster
      do {
        let file = TableFile(name: "t.csv", bytes: Array(text.utf8))
        let measured = try CSVEngine(options: options).measure(request, TableSource(files: [file], options: options))
        return "\(measured.arms.map(\.clusters))"
      } catch {
        return "\(error)"
      }
    }
    let refused = try sentence("u", 1_000_000)
    // The first rows are the shortest, so that more are foreseen than there are.
    let foreseen = try #require(refused.firstMatch(of: /the clusters of 'u', about (\d+),\d{3}, need about/)?.1)
    #expect((20...23).contains(Int(foreseen) ?? 0))
    #expect(refused.contains("Analyse parts that have all rows of their clusters"))
    #expect(try sentence("u", 100_000_000) == "[Optional(10000), Optional(10000)]")
    #expect(try sentence("g", 1_000_000) == "[Optional(3), Optional(3)]")
  }

  /// Of 1,000 values that are as frequent 500 rows have 1000 (1 - e^-0.5) = 393.47, 5,000 rows 1000 (1 - e^-5) = 993.26.
  @Test func valuesToComeAreKnownFromTheFirst() {
    #expect(abs(MemoryBound.values(393, in: 500, of: 5000) - 993.26) < 5)
    #expect(MemoryBound.values(500, in: 500, of: 5000) == 5000)
    #expect(abs(MemoryBound.values(7, in: 5000, of: 1_000_000) - 7) < 1e-9)
    #expect(MemoryBound.values(0, in: 0, of: 10) == 0)
  }

  /// What is counted as distinct is kept for each unit.
  @Test func distinctValuesWithoutEndAreRefused() throws {
    let events = "u,t,e,v\n" + (0..<5000).map { "a,@100,e\($0),1\n" }.joined()
    func sentence(_ memory: Int) throws -> String {
      do {
        let found = try ExposureTests.measure(
          exposures: ExposureTests.exposures, events: events, ["m=mean(e) | aggregate: distinct"], chunkBytes: 1024,
          memory: memory)
        return "\(found.cells.map { $0.metrics[0].moments.mean })"
      } catch {
        return "\(error)"
      }
    }
    #expect(try sentence(100_000).hasPrefix("the different values of 'e', about 5,"))
    let found = try sentence(1_000_000)
    #expect(found == "[[5000.0], [0.0]]")
  }
}
