enum SpecFixtures {
  static let minimalExperiment = """
    version: 1
    name: checkout
    variants: [control, treatment]
    data:
      files: [users.csv]
    metrics:
      - conversion = proportion(converted)
    """

  static let fullExperiment = """
    version: 1
    kind: experiment
    name: checkout
    owner: Growth
    hypothesis:
      because: half of the buyers leave at the address form
      if: the form has one page
      then: more of them buy
    variants:
      A: the form as it is
      B:
        description: one page
        value: { page: one, columns: 2 }
      C:
    control: A
    allocation:
      scheme: growthbook/2
      salt: checkout-2
      weights: { A: 50, B: 25, C: 25 }
      coverage: 20%
    data:
      files: [week1.csv, week2.csv]
      unit: user_id
      variant: arm
      cluster: household
      segments: [country, device]
      exposures: exposures.csv
      exposure_unit: id
      attributes: [units.csv]
      time: seen_at
      exposure_time: exposed_at
      event: action
      time_zone: Europe/Berlin
      include_immature: true
      as_of: 2026-03-20 18:00
      null_words: [NA, -99]
      allowed_bad_rows: 0.01
      final: true
    metrics:
      - "conversion = proportion(converted)"
      - name: revenue
        kind: mean
        column: revenue
        covariates: [revenue_before, orders_before]
        role: secondary
        cap: p99.9
        floor: -5
        missing: zero
        window: 14d
        event: purchase
        where: amount > 0
        aggregate: max
        delay: 1d
        lookback: 28d
      - { name: per order, kind: ratio, numerator: revenue, denominator: orders, role: secondary }
      - { name: slow, kind: quantile, column: latency, probability: 0.95, role: guardrail, direction: down, margin: 2% }
    method:
      name: sequential
      alpha: 0.01
      correction: bonferroni
      planned_units: 20000
    decision:
      minimum_units_per_variant: 500
      minimum_runtime: 7d
      require_guardrails: false
    rollout:
      flag: checkout.form
      target: growthbook
      stages:
        - { share: 5%, hold: 24h }
        - { share: 0.25, hold: 2d, approval: true }
        - { share: 100% }
      requires_approval: true
    model: own.flow
    """

  static let bayesianExperiment = fullExperiment.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    switch line {
    case "  name: sequential": "  name: bayesian\n  prior: { mean: -2%, sd: 10% }\n  negligible: 1%\n  gatekeeping: any"
    case "  correction: bonferroni": "  correction: holm"
    default: String(line)
    }
  }.joined(separator: "\n")

  /// With what stands around an allocation.
  static let surroundedExperiment = fullExperiment.replacing(
    "  coverage: 20%\n",
    with: """
        coverage: 20%
        layer: { name: checkout, from: 10%, to: 0.6 }
        holdout: { salt: "2026", share: 5% }
        overrides: { A: qa-1, C: [qa-2, 17] }

      """)

  static let minimalCohort = """
    version: 1
    kind: cohort
    name: buyers
    data: { files: events.csv, unit: user_id, time: occurred_at }
    """

  static let fullCohort = """
    version: 1
    kind: cohort
    name: buyers
    owner: Growth
    data:
      files: [events.csv]
      unit: user_id
      time: occurred_at
      amount: price
      event: name
      start_event: signup
      return_event: purchase
      null_words: NA
      allowed_bad_rows: 1%
    cohorts:
      period: month
      retention: bracket
      brackets: [[0, 0], [1, 3]]
      timezone: Europe/Berlin
      week_start: sunday
      by: country
      window: rolling
      recurring: false
      control: DE
      inactivity: 45 days
      as_of: 2026-01-31
      maximum_age: 12
      alpha: 0.1
    behaviour:
      early: 14 days
      habits: true
      funnel: { steps: [signup, "cart?", "!refund", purchase], within: 7 days }
      rfm: { levels: 4, recency: [7, 30], frequency: [2, 5], monetary: [50, 200.5] }
      paths: 4
      sequences: 5%
      clusters: 7d
    ltv:
      model: pareto-nbd
      holdout: 39 weeks
      horizon: 26 weeks
      discount: 10% a year
    model: own.flow
    """

  /// Starts in a table of their own, units split by what they did first.
  static let signupCohort = """
    version: 1
    kind: cohort
    name: signups
    data:
      files: [events.csv]
      unit: user_id
      time: occurred_at
      event: name
      starts: { files: [users.csv], time: signed_up_at }
    cohorts:
      by_early: { event: share, within: 3 days }
    """
}
