/// Specs to begin with; the tests read them with the specs' own readers.
enum SpecExample {
  static let experiment = """
    version: 1
    kind: experiment
    name: one-page-checkout
    hypothesis:
      because: half of the users leave between address and payment
      if: the checkout is one page
      then: more of them buy
    variants:
      control: three pages
      treatment: one page
    control: control
    allocation:
      scheme: verdict/1
      salt: one-page-checkout
      weights: { control: 50, treatment: 50 }
    data:
      files: [units.csv]          # one row a unit; the run waits until it is there
      unit: user_id
      variant: variant
    metrics:
      - "conversion = proportion(converted)"
      - "revenue = mean(revenue, covariates: pre_revenue) | role: secondary | cap: p99.9"
      - "load_time = mean(load_ms) | role: guardrail | direction: down | margin: 2%"
    method:
      name: sequential            # look whenever you like
      alpha: 0.05
    decision:
      minimum_units_per_variant: 1000
    rollout:
      flag: checkout-layout
      target: flagd
      stages:
        - { share: 10%, approval: true }
        - { share: 50% }
        - { share: 100% }

    """

  static let cohort = """
    version: 1
    kind: cohort
    name: signups
    data:
      files: [events-*.csv]       # one row an event; the run waits until they are there
      unit: user_id
      time: occurred_at
      event: name                 # the column of event names; below, what needs them
      amount: amount              # the column of money, for rfm and ltv
      starts: { files: [users.csv], time: signed_up_at }  # or start_event: signup; or neither: each unit's first event
    cohorts:
      period: week                # day, week, month, quarter
      retention: "on"             # on-or-after; or bracket, with brackets: [[1, 7], [8, 14]]
      timezone: Europe/Berlin
      arm: variant                # a column of starts; or by: country; or by_early: { event: invite, within: 3 days }
      control: control
    behaviour:
      early: 7 days               # what units that come back did first
      habits: true                # stickiness, lifecycle, half-life
      funnel: { steps: [signup, "invite?", purchase], within: 14 days }
      rfm: { levels: 5 }          # or cuts: { recency: [7, 30], frequency: [2, 5], monetary: [50, 200] }
      paths: 4
      sequences: 5%               # of at least this share of units
      clusters: 7 days
    ltv:
      model: bg-nbd               # mbg-nbd, pareto-nbd, shifted-beta-geometric
      horizon: 26 weeks
      discount: 10% a year

    """
}
