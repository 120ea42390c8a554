import Allocation
import Testing

/// The text; `Tests/sql-agreement.sh` evaluates it in DuckDB.
@Suite struct SQLAssignmentTests {
  private static func sql(_ dialect: SQLDialect, _ scheme: SchemeName = .verdict1, coverage: String = "1") throws
    -> String
  {
    let plan = try AllocationPlan(scheme: scheme, salt: "it's", arms: Arm.list("a=1,b=1"), coverage: coverage)
    return try SQLAssignment(plan, column: "id", dialect: dialect).text
  }

  @Test func duckdb() throws {
    #expect(
      try Self.sql(.duckdb) == """
        CASE WHEN "id" IS NULL OR CAST("id" AS VARCHAR) = '' THEN NULL
          WHEN ((CAST('0x' || substr(sha256(('verdict/1|arm|4|it''s|' || CAST("id" AS VARCHAR))), 1, 10) AS BIGINT) \
        * 1000000) // 1099511627776) < 500000 THEN 'a'
          ELSE 'b'
        END
        """)
  }

  @Test("each dialect quotes as it does") func dialects() throws {
    #expect(try Self.sql(.clickhouse).contains("concat('verdict/1|arm|4|it\\'s|', toString(`id`))"))
    #expect(
      try Self.sql(.spark).contains(
        "conv(substr(sha2(concat('verdict/1|arm|4|it\\'s|', CAST(`id` AS STRING)), 256), 1, 10), 16, 10)"))
    #expect(try Self.sql(.postgres, coverage: "0.25").contains(" / 1099511627776) >= 250000 THEN NULL"))
  }

  @Test("a hash that an engine lacks is said", arguments: SQLDialect.allCases)
  func missing(_ dialect: SQLDialect) {
    #expect(
      throws: AllocationFault(.noSQL(.growthbook2, dialect: dialect.rawValue, hash: "FNV-1a of the decimal FNV-1a"))
    ) {
      try Self.sql(dialect, .growthbook2)
    }
  }

  @Test("a quote before a combining mark is doubled as any other, so that no salt ends the text")
  func quotes() throws {
    let plan = try AllocationPlan(salt: "a'\u{301}b", arms: Arm.list("x=1,y=1"))
    for dialect in SQLDialect.allCases {
      let text = try SQLAssignment(plan, column: "id", dialect: dialect).text
      let quote = dialect == .duckdb || dialect == .postgres ? "''\u{301}b" : "\\'\u{301}b"
      #expect(text.unicodeScalars.map(\.value).contains(quote.unicodeScalars.map(\.value)))
    }
  }
}
