// SPDX-License-Identifier: MIT

extension HTMLStyle {
  /// The colours of labels and states. They can be told apart by people who see no red, green or blue, have a
  /// contrast of 3 to the page, and their text one of 4.5 to them.
  static let hueColours = """
    :root{--d:#a23b8c;--di:#fff;--m:#0b4f8a;--mi:#fff;--v:#c2410c;--vi:#fff;--t:#c28100;--ti:#111;--e:#0a7d5f;--ei:#fff;\
    --w:#4f90c6;--wi:#111;--n:#d3d7dd;--ni:#111}
    @media (prefers-color-scheme:dark){:root{--d:#d58fc4;--di:#111;--m:#3f8ae0;--mi:#111;--v:#ff7036;--vi:#111;\
    --t:#f2c14e;--ti:#111;--e:#3fbf93;--ei:#111;--w:#a9d0f2;--wi:#111;--n:#48525d;--ni:#fff}}
    .hue-d{--fill:var(--d);--ink:var(--di)}.hue-m{--fill:var(--m);--ink:var(--mi)}.hue-v{--fill:var(--v);--ink:var(--vi)}
    .hue-t{--fill:var(--t);--ink:var(--ti)}.hue-e{--fill:var(--e);--ink:var(--ei)}.hue-w{--fill:var(--w);--ink:var(--wi)}
    .hue-s{--fill:var(--n);--ink:var(--ni)}

    """

  static let charts = """
    .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.5rem 1.5rem;margin:.5rem 0}
    figure.whole{grid-column:1/-1}
    .report .charts{grid-template-columns:repeat(2,minmax(0,1fr))}
    @media (min-width:76rem){.report .charts{grid-template-columns:repeat(4,minmax(0,1fr))}}
    figure{margin:0;min-width:0}figcaption{font-size:.9rem;color:var(--soft);overflow-wrap:anywhere}
    figcaption b{color:var(--fg)}
    .legend{display:flex;flex-wrap:wrap;gap:0 1rem;list-style:none;margin:0 0 .6rem;padding:0;font-size:.85rem}
    .legend li{color:var(--who);overflow-wrap:anywhere}.legend li::before{content:"\\25CF\\A0"}
    svg{display:block;width:100%;height:auto;color:var(--fg)}
    svg text{fill:var(--soft)}svg:not(.recurrence) text{font-size:10px;fill:var(--soft)}
    svg .axis{stroke:var(--line);fill:none}
    svg .curve{stroke:currentColor;stroke-width:1.5;stroke-linejoin:round;fill:none}
    svg .curve:has(+.mark){opacity:.5}
    svg .thin{stroke:currentColor;stroke-width:.75;fill:none;opacity:.35}
    svg .band{fill:currentColor;opacity:.16}
    svg .dashed{stroke-dasharray:5 3}
    svg .mark{fill:var(--who)}svg .ring{fill:var(--bg);stroke:currentColor}
    svg .onset{stroke:var(--bad);stroke-width:1.25;stroke-dasharray:3 2;fill:none}
    svg .onset-label{fill:var(--bad)}
    svg .cell{fill:var(--fill);stroke:var(--bg);stroke-width:1}
    svg text.ink{fill:var(--ink)}
    svg.recurrence{max-width:15rem}
    .recurrence .frame{fill:none;stroke:var(--line);stroke-width:.5;vector-effect:non-scaling-stroke}
    .recurrence .onset{stroke-width:1;vector-effect:non-scaling-stroke}
    .cells{stroke:currentColor;stroke-width:1.02;fill:none;shape-rendering:crispEdges}
    .g0{stroke-opacity:.12}.g1{stroke-opacity:.26}.g2{stroke-opacity:.45}.g3{stroke-opacity:.68}.g4{stroke-opacity:1}
    .swatch{display:inline-block;width:.85em;height:.85em;vertical-align:-.06em;border:1px solid var(--line)}
    .swatch .cell{stroke:none}
    .key{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;list-style:none;margin:.4rem 0;padding:0;font-size:.85rem}
    .hint{color:var(--soft);font-size:.85rem;line-height:1.45;margin:.4rem 0}
    .strip,.key i{font:600 .72rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;\
    white-space:nowrap}
    .strip i,.key i{font-style:normal;background:var(--fill);color:var(--ink)}
    .key i{padding:0 .25em}
    .tag{background:var(--fill);color:var(--ink);border-radius:4px;padding:.05em .45em;font-size:.88em;white-space:nowrap}
    .verdict{margin:-1rem 0 1.4rem}

    """

  static let outcome = """
    .outcome{margin:0}
    header:has(+main.report){padding-top:1.4rem}main.report{padding-top:0}
    header:has(+main.report) .lead{margin-bottom:.8rem}
    .finding{font-size:1.35rem;line-height:1.35;margin:0 0 .3rem;text-wrap:pretty;overflow-wrap:anywhere}
    .details{margin:0 0 .3rem;overflow-wrap:anywhere}
    .labels{display:grid;gap:.1rem 1.5rem;margin:.7rem 0;font-size:.85rem;line-height:1.5}
    .labels ul{display:flex;flex-wrap:wrap;gap:0 1.1rem;list-style:none;margin:0;padding:0 0 0 7.5rem;position:relative}
    .labels .group{color:var(--soft);position:absolute;left:0}
    table.bars{display:table;table-layout:fixed;width:100%;margin:.6rem 0;font-size:.9rem}
    .bars th,.bars td{border:0;padding:.1rem .5rem;vertical-align:middle}
    .bars th{background:none;font-size:.8rem;font-weight:400;color:var(--soft);border-bottom:1px solid var(--line)}
    .bars th:first-child,.bars td:first-child{padding-left:0}.bars th:last-child,.bars td:last-child{padding-right:0}
    .bars th:first-child{width:26%}.bars th:nth-child(n+3){width:6.2rem}.bars th:nth-child(4){width:7.6rem}
    .bars th:last-child{width:4rem}
    .bars .who{line-height:1.2;font-size:.85rem;overflow-wrap:break-word}
    .bars .right{white-space:nowrap}.bars .rate{font-weight:600}
    svg.bar{height:30px}.bar text{font-size:11px}.tight{display:none}
    .whisker line{stroke:currentColor;stroke-width:1.25}.whisker circle{fill:currentColor}

    """

  static let tables = """
    .report table:not(.bars){font-size:.85rem;max-width:100%}.report td{overflow-wrap:normal}
    .report td bdi{display:inline-block;max-width:26rem;overflow-wrap:break-word}
    .report table:not(.bars) td:first-child bdi{min-width:7.5rem}
    .report summary b{overflow-wrap:anywhere;color:var(--fg)}
    .conversations td{white-space:nowrap}.conversations td bdi{white-space:normal;max-width:18rem;min-width:7rem}
    dl.values{font-size:.85rem;gap:.6rem 1.25rem}.conversation div[id]{scroll-margin-top:3rem}

    """
}
