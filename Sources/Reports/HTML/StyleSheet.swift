/// The one style sheet of all pages: light and dark, desktop, phone and paper.
package enum StyleSheet {
  package static let text: StaticString = """

    :root { color-scheme: light dark;
      --page: #f5f6f8; --card: #ffffff; --ink: #17202c; --soft: #55606e; --line: #e1e5ea; --grid: #e9ecf0;
      --accent: #1f5fbf; --band: #1f5fbf; --good: #0d6b3f; --good-bg: #e3f4ea; --bad: #b3261e;
      --bad-bg: #fcebe9; --warn: #835200; --warn-bg: #fdf2dc; --calm-bg: #e8f0fb;
      --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
      --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
    @media screen and (prefers-color-scheme: dark) { :root {
      --page: #10151c; --card: #19202a; --ink: #e8ecf1; --soft: #a2adba; --line: #2c3643; --grid: #252e3a;
      --accent: #7fb2ff; --band: #7fb2ff; --good: #6fd49b; --good-bg: #15301f; --bad: #ff9b92;
      --bad-bg: #3a1b1a; --warn: #f0bd63; --warn-bg: #352812; --calm-bg: #1a2a42; } }
    * { box-sizing: border-box; }
    body { margin: 0; padding: 2rem 1.25rem 3rem; background: var(--page); color: var(--ink);
      font: 15px/1.5 var(--sans); font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
    main, .provenance { max-width: 1080px; margin: 0 auto; }
    h1, h2, h3, p, ul, dl { margin: 0; }
    h1 { font-size: 2.1rem; line-height: 1.15; letter-spacing: -0.02em; overflow-wrap: anywhere; text-wrap: balance; }
    h2 { font-size: 1.05rem; letter-spacing: -0.005em; margin-bottom: 0.9rem; }
    h3 { font-size: 0.98rem; overflow-wrap: anywhere; }
    .headline { padding: 0.25rem 0 1.5rem; }
    .badge { display: inline-block; font-weight: 650; font-size: 0.8rem; letter-spacing: 0.05em; text-transform: uppercase;
      padding: 0.25rem 0.7rem; border-radius: 99px; margin-bottom: 0.8rem; background: var(--calm-bg); color: var(--accent); }
    .good .badge { background: var(--good-bg); color: var(--good); }
    .bad .badge { background: var(--bad-bg); color: var(--bad); }
    .warn .badge { background: var(--warn-bg); color: var(--warn); }
    .reasons { margin: 0.9rem 0 0; padding-left: 1.1rem; max-width: 48rem; }
    .reasons li { margin: 0.2rem 0; overflow-wrap: anywhere; }
    .summary { color: var(--soft); margin-top: 0.8rem; overflow-wrap: anywhere; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 0.9rem; margin-bottom: 0.9rem; }
    .tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
    .tile { padding: 0.95rem 1.1rem 1rem; }
    .tile-name { color: var(--soft); font-size: 0.87rem; overflow-wrap: anywhere; }
    .tile-value { font-size: 1.75rem; font-weight: 650; letter-spacing: -0.02em; line-height: 1.3; overflow-wrap: anywhere; }
    .tile-note { color: var(--soft); font-size: 0.83rem; }
    .tile.good .tile-value { color: var(--good); } .tile.bad .tile-value { color: var(--bad); }
    .card { padding: 1.2rem 1.3rem 1.3rem; margin-bottom: 0.9rem; }
    .subtitle { color: var(--soft); font-size: 0.83rem; }
    .checks { list-style: none; padding: 0; display: grid; gap: 0.55rem; }
    .checks li { display: grid; grid-template-columns: 5.2rem minmax(7rem, 11rem) 1fr auto; gap: 0.9rem; align-items: baseline; }
    .state { font-size: 0.8rem; font-weight: 650; border-radius: 99px; padding: 0.08rem 0.6rem; text-align: center; }
    .state.pass { background: var(--good-bg); color: var(--good); } .state.warn { background: var(--warn-bg); color: var(--warn); }
    .state.fail { background: var(--bad-bg); color: var(--bad); }
    .checks .name { font-weight: 600; overflow-wrap: anywhere; } .checks .detail { color: var(--soft); overflow-wrap: anywhere; }
    .forest { width: 100%; border-collapse: collapse; table-layout: fixed; }
    .forest th { text-align: left; font-weight: 500; }
    .forest thead th { color: var(--soft); font-size: 0.8rem; padding: 0 0.6rem 0.1rem 0; vertical-align: bottom; }
    .forest td, .forest tbody th { padding: 0 0.6rem 0 0; vertical-align: middle; overflow-wrap: anywhere; }
    .forest .number { text-align: right; white-space: nowrap; }
    .forest .metric th { padding: 0.9rem 0 0.25rem; border-top: 1px solid var(--line); }
    .forest tbody:first-of-type .metric th { border-top: 0; padding-top: 0.2rem; }
    .forest .by th { color: var(--soft); font-size: 0.8rem; padding-top: 0.35rem; }
    .forest .part th { padding-left: 1rem; }
    .forest .lift { font-weight: 650; } .forest td.interval { padding-left: 0.5rem; } .forest .interval { color: var(--soft); font-size: 0.85rem; }
    .forest .better .lift { color: var(--good); } .forest .worse .lift { color: var(--bad); }
    .forest .remark td { color: var(--soft); font-size: 0.83rem; padding: 0 0 0.45rem; }
    .forest svg { display: block; overflow: visible; }
    col.c-name { width: 21%; } col.c-value { width: 9%; } col.c-lift { width: 10%; } col.c-interval { width: 17%; }
    col.c-p { width: 8%; }
    svg text { font: 11px var(--sans); fill: var(--soft); font-variant-numeric: tabular-nums; }
    .tick { stroke: var(--grid); stroke-width: 1; } .zero { stroke: var(--soft); stroke-width: 1.2; }
    .whisker { stroke: var(--accent); stroke-width: 2.2; } .point { fill: var(--accent); stroke: var(--card); stroke-width: 1.5; }
    .better .whisker { stroke: var(--good); } .better .point { fill: var(--good); }
    .worse .whisker { stroke: var(--bad); } .worse .point { fill: var(--bad); }
    .none .whisker { stroke: var(--soft); } .none .point { fill: var(--soft); }
    .arrow { fill: none; stroke: var(--accent); stroke-width: 2.2; } .better .arrow { stroke: var(--good); }
    .worse .arrow { stroke: var(--bad); } .none .arrow { stroke: var(--soft); }
    .curve { fill: none; stroke: var(--accent); stroke-width: 2.2; stroke-linejoin: round; }
    .curve.second { stroke: var(--soft); stroke-dasharray: 5 4; } .curve.faint { stroke: var(--soft); stroke-width: 1.2; opacity: 0.55; }
    .band { fill: var(--band); opacity: 0.16; stroke: none; } .dot { fill: var(--accent); stroke: var(--card); stroke-width: 1.2; }
    .dot.faint { fill: var(--soft); }
    .data td, .data .word { white-space: nowrap; } .data .prose { white-space: normal; min-width: 14rem; } .chart { display: block; overflow: visible; max-width: 760px; margin: 0.2rem 0 0.4rem; }
    .legend { margin-top: 0.6rem; color: var(--soft); font-size: 0.83rem; max-width: 48rem; }
    .heat rect { fill: var(--accent); } .heat .cell { fill: #000; font-size: 12px; } .heat .cell.on-light { fill: #fff; }
    @media screen and (prefers-color-scheme: dark) { .heat .cell { fill: #fff; } .heat .cell.on-light { fill: #fff; } .heat .cell.on-dark { fill: #000; } }
    .heat .label { fill: var(--ink); font-size: 12px; }
    .group-0 { --group: var(--accent); } .group-1 { --group: #c2410c; } .group-2 { --group: #0d7a52; }
    .group-3 { --group: #8a3ab9; } .group-4 { --group: #a16207; } .group-5 { --group: #0e7490; }
    @media screen and (prefers-color-scheme: dark) { .group-1 { --group: #ff9d6b; } .group-2 { --group: #5fd6a2; }
      .group-3 { --group: #d2a0f5; } .group-4 { --group: #f0c964; } .group-5 { --group: #67d3e6; } }
    .curve.group { stroke: var(--group); } .band.group { fill: var(--group); opacity: 0.13; } .dot.group { fill: var(--group); }
    .curve.ahead { stroke-dasharray: 5 4; }
    .key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0 0 0.5rem; padding: 0; list-style: none; font-size: 0.86rem; }
    .key li::before { content: ""; display: inline-block; width: 1.4rem; height: 0.2rem; border-radius: 2px; background: var(--group);
      vertical-align: middle; margin-right: 0.45rem; }
    .bar { fill: var(--accent); } .bar.faint { opacity: 0.45; } .funnel .whisker { stroke: var(--ink); stroke-width: 1.5; }
    .funnel .label, .paths .label { fill: var(--ink); font-size: 12px; }
    .ribbon { fill: none; stroke: var(--accent); opacity: 0.2; } .ribbon.gone { stroke: var(--soft); } .ribbon:hover { opacity: 0.5; }
    .scroll { overflow-x: auto; } .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
    .data { border-collapse: collapse; width: 100%; font-size: 0.86rem; }
    .caption { color: var(--soft); font-size: 0.86rem; padding-bottom: 0.35rem; }
    .data caption.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .card.drawing { padding: 0; width: fit-content; min-width: 100%; max-width: calc(100vw - 2rem); position: relative; left: 50%; transform: translateX(-50%); }
    .drawing svg { display: block; margin: 0 auto; }
    .data th, .data td { text-align: left; padding: 0.38rem 0.9rem 0.38rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    .data thead th { color: var(--soft); font-weight: 500; white-space: nowrap; } .data tbody th { font-weight: 600; }
    .data th { max-width: 40rem; overflow-wrap: break-word; } .data .number { text-align: right; white-space: nowrap; }
    .data tbody tr:last-child > * { border-bottom: 0; }
    details { border-top: 1px solid var(--line); margin-top: 1rem; padding-top: 0.7rem; }
    summary { cursor: pointer; color: var(--accent); font-weight: 600; font-size: 0.9rem; } details > * + * { margin-top: 0.8rem; }
    .notes { margin: 0.6rem 0 0; padding-left: 1.1rem; color: var(--soft); font-size: 0.87rem; max-width: 52rem; overflow-wrap: anywhere; }
    .provenance { color: var(--soft); font-size: 0.83rem; padding: 1rem 0.2rem 0; }
    .provenance h2 { font-size: 0.87rem; margin-bottom: 0.4rem; }
    .provenance dl { display: grid; grid-template-columns: 6rem 1fr; gap: 0.15rem 0.8rem; }
    .provenance dt { font-weight: 600; } .provenance dd { margin: 0; overflow-wrap: anywhere; font-family: var(--mono); font-size: 0.78rem; }
    @media (max-width: 720px) {
      body { padding: 1.2rem 0.8rem 2rem; } h1 { font-size: 1.65rem; } .card { padding: 1rem 0.95rem 1.1rem; }
      .tiles { grid-template-columns: repeat(auto-fit, minmax(9.4rem, 1fr)); gap: 0.6rem; } .tile-value { font-size: 1.35rem; }
      .checks li { grid-template-columns: 4.6rem 1fr auto; gap: 0.15rem 0.7rem; } .checks .detail { grid-column: 2 / -1; grid-row: 2; }
      .forest, .forest tbody, .forest thead { display: block; } .forest colgroup, .forest .value { display: none; }
      .forest tr { display: grid; grid-template-columns: 1fr auto auto; column-gap: 0.7rem; align-items: baseline; }
      .forest thead th:not(.axis) { display: none; } .forest .axis, .forest .plot { grid-column: 1 / -1; padding: 0; }
      .forest .plot { grid-row: 2; } .forest .metric th, .forest .by th, .forest .remark td { grid-column: 1 / -1; display: block; }
      .forest .p { display: none; } .forest td, .forest tbody th { padding-right: 0; } .forest .row { padding-top: 0.35rem; }
      .provenance dl { grid-template-columns: 4.5rem 1fr; } }
    @media print {
      :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --grid: #ddd; --accent: #1f5fbf;
        --good: #0d6b3f; --bad: #b3261e; --warn: #835200; --good-bg: #fff; --bad-bg: #fff; --warn-bg: #fff; --calm-bg: #fff; }
      body { padding: 0; font-size: 11px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      .card, .tile, tr { break-inside: avoid; } .scroll { overflow: visible; } summary { color: inherit; }
      details::details-content { content-visibility: visible; block-size: auto; } }

    """
}
