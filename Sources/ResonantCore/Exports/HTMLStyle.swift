// SPDX-License-Identifier: MIT

/// The style sheet of every page, and the content security policy that allows nothing else.
enum HTMLStyle {
  /// The number of hues; further speakers reuse them in order.
  static let hues = 10

  /// The content security policy of a page whose one `<style>` holds exactly `sheet`.
  static let policy =
    "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'"

  /// The SHA-256 of `sheet` in base64. A test computes it and prints the new value after a change.
  static let digest = "UpQtSXUE4HcM2h7s8+8rQLJF6VRPd8m4bqH0Yiz8J80="

  static let sheet = colours + hueColours + layout + turns + text + charts + outcome + tables + narrow + print

  private static let colours = """
    :root{color-scheme:light dark;--bg:#f7f6f3;--fg:#1d2126;--soft:#5b6470;--card:#fff;--line:#dfe2e6;\
    --code:#f3f4f6;--link:#0b5cad;--bad:#a3271c;--kw:#a3271c;--st:#0a5c2b;--dv:#0b4f9e;\
    --s0:#0b5cad;--s1:#8a3ab9;--s2:#0a6b4b;--s3:#a8430b;--s4:#b01c62;\
    --s5:#0b6a78;--s6:#6b5a00;--s7:#4a4fc4;--s8:#8c2f2f;--s9:#4d5b6a}
    @media (prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e4e7eb;--soft:#9aa4af;--card:#1b2026;\
    --line:#323a43;--code:#232a32;--link:#7fb8ff;--bad:#ff938a;--kw:#ff938a;--st:#8edb9f;--dv:#8fc1ff;\
    --s0:#6cb2ff;--s1:#d19bf5;--s2:#5fd0a0;--s3:#ffa366;--s4:#ff8fc0;\
    --s5:#5fd0e0;--s6:#d6c34a;--s7:#a5a8ff;--s8:#ff9a94;--s9:#b4c2cf}}
    .s0{--who:var(--s0)}.s1{--who:var(--s1)}.s2{--who:var(--s2)}.s3{--who:var(--s3)}.s4{--who:var(--s4)}
    .s5{--who:var(--s5)}.s6{--who:var(--s6)}.s7{--who:var(--s7)}.s8{--who:var(--s8)}.s9{--who:var(--s9)}

    """

  private static let layout = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%;--who:var(--soft)}
    body{margin:0;background:var(--bg);color:var(--fg);font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",\
    Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-kerning:normal}
    header,main,footer{max-width:46rem;margin:0 auto;padding:1rem 1.25rem}
    header{padding-top:2.75rem;padding-bottom:0}
    main.wide,main.wide~footer,header:has(+main.wide){max-width:80rem}
    h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 .4rem;overflow-wrap:anywhere;\
    text-wrap:balance}
    h2.part{font-size:1.05rem;margin:2.2rem 0 .6rem}
    .lead{color:var(--soft);margin:0 0 1.6rem}
    a{color:var(--link);text-underline-offset:.15em}
    dl.models,dl.facts{margin:0;display:grid;font-size:.92rem;line-height:1.4}
    dl.models{grid-template-columns:max-content 1fr;gap:.45rem 1.1rem;padding:.9rem 0;\
    border:solid var(--line);border-width:1px 0}
    dl.models dt{font-weight:600;color:var(--who);max-width:14rem;overflow-wrap:anywhere}
    dl.facts{grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:1rem 1.25rem;padding:1.1rem 0}
    dl.facts .long{grid-column:1/-1}
    dl.facts dt{color:var(--soft);font-size:.85rem}
    dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
    details{border:1px solid var(--line);border-radius:8px;padding:.4rem .9rem;margin:.6rem 0}
    summary{cursor:pointer;color:var(--soft);font-size:.9rem}
    summary b{color:var(--who)}
    details[open]>summary{margin-bottom:.4rem}
    nav ol{margin:.2rem 0 .4rem;padding:0;list-style:none;font-size:.9rem}
    nav li{display:flex;gap:.6rem;white-space:nowrap}
    nav li a{flex:none;min-width:1.8em;text-align:right;font-variant-numeric:tabular-nums}
    nav li b{flex:none;color:var(--who);max-width:9rem;overflow:hidden;text-overflow:ellipsis}
    nav li span{overflow:hidden;text-overflow:ellipsis;color:var(--soft)}
    .topic .plain{font-size:1.15rem;line-height:1.5;padding-bottom:.3rem}
    .topic{border-width:0 0 0 3px;border-radius:0;margin:0 0 1.6rem;padding-block:0}
    .bios dl{margin:0;font-size:.95rem;line-height:1.5}
    .bios dt{font-weight:600;color:var(--who);overflow-wrap:anywhere}
    .bios dd{margin:0 0 .7rem}
    footer{color:var(--soft);font-size:.85rem;padding-bottom:3rem;overflow-wrap:anywhere}

    """

  private static let turns = """
    article{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--who);\
    border-radius:8px;padding:1rem 1.25rem 1.1rem;margin:1.1rem 0;contain:content;scroll-margin-top:1rem}
    article:target{outline:2px solid var(--who);outline-offset:1px}
    article>h2{display:flex;flex-wrap:wrap;gap:.1rem .7rem;align-items:baseline;font-size:1rem;line-height:1.4;\
    margin:0 0 .6rem}
    article>h2 .name{color:var(--who);overflow-wrap:anywhere}
    article>h2 .badge{font-weight:400;font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}
    article>h2 .turn{margin-left:auto;font-weight:400;font-size:.85rem;white-space:nowrap}
    article>h2 .turn a{color:var(--soft);text-decoration:none}
    article>h2 .turn a:hover{text-decoration:underline}
    article.passed{background:none;border-width:0 0 0 4px;border-radius:0;padding:.1rem 1.25rem}
    article.passed>h2{margin:0}
    .reason{color:var(--soft);font-size:.85rem;margin:-.4rem 0 .6rem;overflow-wrap:anywhere}
    .passed .reason{margin:0}
    .calls{color:var(--soft);font-size:.9rem;padding:0;border:0;margin:.9rem 0 0}
    .calls ul,td ul{margin:0;padding-inline-start:1.2em}
    .checks table{font-size:.85rem}.checks td:nth-child(n+4){min-width:12.5rem}
    .checks td:nth-child(3){min-width:7.5rem;overflow-wrap:anywhere}
    td li::marker{color:var(--who)}
    .foot{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.1rem 1rem;margin:.9rem 0 0;\
    color:var(--soft);font-size:.82rem;font-variant-numeric:tabular-nums}
    .foot details[open]{flex:1 0 100%}
    .note{color:var(--soft);font-size:.9rem;margin:.9rem 0 0}
    .note.loss{color:var(--bad)}
    .event{color:var(--soft);font-size:.9rem;margin:1rem 1.25rem;overflow-wrap:anywhere}
    .event.error,.end .error{color:var(--bad)}
    .event p,.end p,.moderator p{margin:0}
    .moderator{background:var(--code);border-radius:8px;padding:.5rem 1.25rem;margin:1.1rem 0;font-size:.95rem;\
    font-style:italic;overflow-wrap:anywhere}
    .thought{border-left:3px solid var(--line);padding:.1rem 0 .1rem .9rem;margin:.8rem 0;color:var(--soft);\
    font-size:.95em}
    .thought .label{font-size:.82rem;margin:0 0 .2rem;font-weight:600}
    .end{border-top:1px solid var(--line);margin:2rem 0 0;padding:1rem 0}
    details.source,details.thinking{padding:0;border:0;margin:0}
    details.thinking{margin:0 0 .8rem}
    details.source>.plain,details.thinking>.plain{border-left:3px solid var(--line);padding-left:.9rem;\
    color:var(--soft);font-size:.92rem}
    details.source>summary{font-size:inherit}

    """

  private static let text = """
    .body{overflow-wrap:anywhere;unicode-bidi:isolate}
    .body p,.body li,.body h3,.body h4,.body h5,.body h6,.plain{unicode-bidi:plaintext}
    .body>:first-child{margin-top:0}.body>:last-child{margin-bottom:0}
    .body h3,.body h4,.body h5,.body h6{line-height:1.3;margin:1.3em 0 .4em;font-size:1.02rem}
    .body h3{font-size:1.2rem}.body h4{font-size:1.1rem}
    .body p{margin:.75em 0}
    .body ul,.body ol{padding-inline-start:1.6em;margin:.75em 0}
    .body li>p{margin:.35em 0}
    .body ul.task-list{list-style:none;padding-inline-start:.4em}
    .plain{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
    .plain+pre,pre+.plain{margin-top:.6rem}
    pre{background:var(--code);border-radius:6px;padding:.75rem .95rem;margin:.8em 0;overflow-x:auto;\
    font-size:.88rem;line-height:1.5;overflow-wrap:normal;tab-size:4}
    code,.prompt .plain{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    code{font-size:.92em}pre code{font-size:inherit}
    .prompt .plain{font-size:.88rem;line-height:1.55;padding-bottom:.3rem}
    :not(pre)>code{background:var(--code);border-radius:4px;padding:.1em .3em}
    table{display:block;overflow-x:auto;border-collapse:collapse;margin:.9em 0;font-size:.95em;\
    overflow-wrap:break-word;font-variant-numeric:tabular-nums}
    th,td{border:1px solid var(--line);padding:.3rem .65rem;text-align:start;vertical-align:top}
    th{background:var(--code);font-weight:600}.right{text-align:right}.center{text-align:center}
    blockquote{margin:.8em 0;padding:0 1em;border-inline-start:3px solid var(--line);color:var(--soft)}
    hr{border:0;border-top:1px solid var(--line);margin:1.4em 0}
    math[display=block]{margin:.8em 0;padding:.3em 0;overflow:auto hidden}
    .kw,.cf,.im{color:var(--kw)}.st,.ch,.ss,.vs{color:var(--st)}.dv,.bn,.fl,.cn,.dt{color:var(--dv)}
    .co,.do{color:var(--soft);font-style:italic}

    """

  private static let narrow = """
    @media (max-width:34rem){
    header,main,footer{padding-left:.9rem;padding-right:.9rem}header{padding-top:1.5rem}
    h1{font-size:1.5rem}article{padding:.8rem .95rem .9rem}
    dl.models{grid-template-columns:1fr;gap:0}dl.models dt{max-width:none}dl.models dd{margin-bottom:.5rem}
    dl.facts{grid-template-columns:repeat(2,minmax(0,1fr));gap:.8rem .6rem}dl.facts dd{font-size:.82rem}
    .checks thead{display:none}.checks table,.checks tbody,.checks tr,.checks td{display:block}
    .checks tr{border-top:1px solid var(--line);padding:.4rem 0}
    .checks td,.checks td:nth-child(n){border:0;padding:0;min-width:0}
    .checks td.right{display:inline-block;margin-inline-end:1rem}
    .checks td:nth-child(1)::before{content:"Check "}.checks td:nth-child(2)::before{content:"Turn "}
    .report .charts{grid-template-columns:1fr}.finding{font-size:1.15rem}.labels ul{padding:0}.labels .group{position:static;flex:0 0 100%}
    .bars thead{display:none}.bars,.bars tbody{display:block}
    .bars tr{display:flex;flex-wrap:wrap;gap:0 .8rem;margin:.5rem 0}.bars td{padding:0}
    .bars .who{flex:0 0 100%;max-width:100%;white-space:normal;overflow-wrap:anywhere}
    .bars .what{flex:0 0 100%;width:100%}.bars .right{font-size:.82rem;text-align:start}
    .bars .rate::after{content:" converged"}.bars .interval::before{content:"("}.bars .interval::after{content:")"}
    .bars .soon::before{content:"half by turn "}.bars .n::before{content:"n "}
    .bars .none{display:none}.bar .tight{display:inline}figure .tight{display:block}.roomy{display:none}
    }

    """

  private static let print = """
    @media print{
    :root{color-scheme:light;--bg:#fff;--fg:#000;--card:#fff;--soft:#444;--line:#bbb;--code:#f3f4f6;\
    --link:#000;--bad:#8c1c12;--kw:#8c1c12;--st:#0a5c2b;--dv:#0b4f9e;--s0:#0b5cad;--s1:#8a3ab9;--s2:#0a6b4b;\
    --s3:#a8430b;--s4:#b01c62;--s5:#0b6a78;--s6:#6b5a00;--s7:#4a4fc4;--s8:#8c2f2f;--s9:#4d5b6a;\
    --d:#a23b8c;--di:#fff;--m:#0b4f8a;--mi:#fff;--v:#c2410c;--vi:#fff;--t:#c28100;--ti:#111;--e:#0a7d5f;--ei:#fff;\
    --w:#4f90c6;--wi:#111;--n:#d3d7dd;--ni:#111;print-color-adjust:exact;-webkit-print-color-adjust:exact}
    @page{margin:18mm 16mm}
    body{font-size:10pt;line-height:1.45}header,main,footer{max-width:none;padding:0}
    article,article.passed{border-width:0 0 0 3px;border-radius:0;padding:0 0 0 .8rem;margin:1.2rem 0;contain:none}
    article>h2,.body h3,.body h4,.body h5,.body h6{break-after:avoid}
    nav,details.source,details.table{display:none}
    figure,tr,svg{break-inside:avoid}
    .charts,.report .charts{grid-template-columns:repeat(2,1fr)}details.course{break-inside:avoid}
    .report h2.part,.report .hint:has(+details){break-after:avoid}
    .report table,.report table:not(.bars){font-size:7.5pt}.bars th:first-child{width:24%}.bars th{font-size:7pt}.bars th.right{white-space:normal}
    .bars th:nth-child(n+3){width:4.6rem}.bars th:nth-child(4){width:4.6rem}.bars th:last-child{width:2.2rem}
    details.conversation:not([open]){display:none}.bars td.who{font-size:7pt}.bars .tight{display:inline}.bars .roomy{display:none}
    pre{white-space:pre-wrap;overflow-wrap:anywhere}table{display:table}
    .body a[href^=http]::after{content:" <" attr(href) ">";font-size:.85em;color:#444;overflow-wrap:anywhere}
    }

    """
}
