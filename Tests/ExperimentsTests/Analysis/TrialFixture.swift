import Basics
import Experiments
import Foundation
import Statistics
import TestSupport

/// Datasets/actg175 as measurements, by a reader that knows only this file: no quotes, one row a patient.
enum Trial {
  static let columns: [String: [String]] = {
    let url = Repository.datasets.appending(path: "actg175/actg175.csv")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [:] }
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let header = rows.first else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: header.enumerated().map { place, name in (name, rows.dropFirst().map { $0[place] }) })
  }()
  static let variants = columns["variant"] ?? []
  static let arms = Set(variants).sorted()

  static func measurements(_ metrics: [Metric]) -> Measurements {
    let counts = arms.map { arm in variants.count { $0 == arm } }
    return Measurements(
      files: [], rows: variants.count, unreadableRows: 0,
      arms: zip(arms, counts).map { Measurements.Arm(name: $0, units: $1) },
      cells: zip(arms, counts).map { arm, units in
        Measurements.Cell(arm: arm, segment: nil, units: units, metrics: metrics.map { data($0, arm) })
      })
  }

  private static func data(_ metric: Metric, _ arm: String) -> Measurements.MetricData {
    let wanted = metric.columns.map { columns[$0] ?? [] }
    let rows = variants.indices.filter { variants[$0] == arm }.map { row in wanted.map { Double($0[row]) ?? .nan } }
    return Measurements.MetricData(moments: moments(rows), sortedValues: rows.map { $0[0] }.sorted())
  }
}

/// From rows, by the definition.
func moments(_ rows: [[Double]]) -> Moments {
  MomentsKernel.reference((rows.first ?? []).indices.map { column in rows.map { $0[column] } })
}

/// Measurements of one metric from the values of each arm.
func measured(_ arms: [(name: String, rows: [[Double]])], sorted: Bool = false) -> Measurements {
  var result = measured(moments: arms.map { ($0.name, moments($0.rows)) })
  for index in arms.indices where sorted {
    result.cells[index].metrics[0].sortedValues = arms[index].rows.map { $0[0] }.sorted()
  }
  return result
}

/// Measurements of one metric from the moments of each arm.
func measured(moments arms: [(name: String, moments: Moments)]) -> Measurements {
  Measurements(
    files: [], rows: arms.reduce(0) { $0 + $1.moments.count }, unreadableRows: 0,
    arms: arms.map { Measurements.Arm(name: $0.name, units: $0.moments.count) },
    cells: arms.map { name, moments in
      Measurements.Cell(
        arm: name, segment: nil, units: moments.count, metrics: [Measurements.MetricData(moments: moments)])
    })
}
