import Reports
import Testing

@Suite struct NumberFormatTests {
  let format = NumberFormat()

  @Test func numbers() {
    #expect(format.number(1234.5678) == "1,235")
    #expect(format.number(12.3456) == "12.35")
    #expect(format.number(-0.00123456) == "−0.001235")
    #expect(format.number(1.2e-9, digits: 2) == "1.2e-09")
    #expect(format.number(nil) == "–" && format.number(.nan) == "–" && format.number(-.infinity) == "unbounded")
    #expect(format.percent(0.0512, signed: true) == "+5.12%")
    #expect(format.percentInterval(0.798, 0.8091) == "[79.8%, 80.9%]")
    #expect(format.percentInterval(0.9999962, 1) == "[99.9996%, 100%]")
    #expect(format.percentInterval(0.03, 0.2) == "[3%, 20%]")
    #expect(format.percentInterval(0.03, 0.039) == "[3.00%, 3.90%]")
    #expect(format.percentInterval(0.5, 0.5) == "[50.0%, 50.0%]")
    #expect(format.percentInterval(nil, nil) == "–")
    #expect(format.percent(-0.00001, decimals: 1, signed: true) == "0.0%")
    #expect(format.count(1_234_567) == "1,234,567" && format.count(.min) == "−9,223,372,036,854,775,808")
    #expect(format.compact(150_000) == "150k" && format.compact(-1_250_000) == "−1.25M" && format.compact(40) == "40")
    #expect(format.setting(0.05) == "0.05" && format.bytes(4_812_345) == "4.81 MB")
  }

  @Test func pValues() {
    #expect(format.pValue(0) == "< 0.001" && format.pValue(0.0123) == "0.012" && format.pValue(1) == "> 0.999")
    #expect(format.pValue(nil) == "–" && format.pValue(.nan) == "–")
  }

  @Test func intervals() {
    let show: (Double) -> String = { "\($0)" }
    #expect(format.interval(1, 2, show) == "[1.0, 2.0]")
    #expect(format.interval(1, .infinity, show) == "[1.0, unbounded)")
    #expect(format.interval(nil, nil, show) == "–" && format.interval(-.infinity, .infinity, show) == "unbounded")
  }

  @Test func axisTicksAreRound() throws {
    let axis = try #require(Axis(covering: [-0.021, 0.189], ticks: 4))
    #expect(axis.lower == -0.1 && axis.upper == 0.2 && axis.ticks.count == 4)
    #expect(Axis(covering: [.nan, .infinity]) == nil)
    #expect(Axis(covering: [-1e308, 1e308]) == nil)
  }
}
