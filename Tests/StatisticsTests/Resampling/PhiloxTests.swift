import Statistics
import Testing

/// Known answers of Random123 1.14, `kat_vectors`: philox4x32 with 10 rounds.
@Suite struct PhiloxTests {
  @Test func knownAnswers() {
    let zeros = Philox4x32(key: SIMD2(0, 0)).block(SIMD4(0, 0, 0, 0))
    #expect(zeros == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox4x32(key: SIMD2(.max, .max)).block(SIMD4(.max, .max, .max, .max))
    #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox4x32(key: SIMD2(0xa409_3822, 0x299f_31d0))
      .block(SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
    #expect(pi == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func uniformsStayInside() {
    #expect(Philox4x32.uniform(0, 0) == 0)
    #expect(Philox4x32.uniform(.max, .max) == 1 - 0x1p-53)
    #expect(Philox4x32.openUniform(0, 0) == 0x1p-53)
    #expect(Philox4x32.openUniform(.max, .max) == 1 - 0x1p-53)
    #expect(Philox4x32(seed: 7).key == SIMD2(7, 0))
  }
}
