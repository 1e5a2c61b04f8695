// SPDX-License-Identifier: MIT

/// Messages that try to run something, load something, leave their place or wear pandoc out.
enum Attacks {
  static let host = "http://127.0.0.1:PORT"

  /// What a browser acts on when it comes through. `PORT` is a listener's.
  static let active: [String] = [
    "<script src=\"\(host)/script\"></script><script>document.title='owned';fetch('\(host)/fetch')</script>",
    "<ScRiPt>document.title='owned'</sCrIpT>",
    "<img src=x onerror=\"document.title='owned'\"><img src=\"\(host)/img\">",
    "<iframe src=\"\(host)/iframe\"></iframe><iframe srcdoc=\"<script src='\(host)/srcdoc'></script>\"></iframe>",
    "<svg onload=\"document.title='owned'\"><image href=\"\(host)/svg\"/></svg>",
    "<style>@import url(\(host)/css);body{background:url(\(host)/bg)}</style>",
    "<link rel=stylesheet href=\"\(host)/link\"><link rel=preconnect href=\"\(host)\">",
    "<object data=\"\(host)/object\"></object><embed src=\"\(host)/embed\"><video src=\"\(host)/video\" autoplay>",
    "```{=html}\n<script src=\"\(host)/fence\"></script>\n```",
    "`<script src=\"\(host)/inline\"></script>`{=html}",
    "# Title {onclick=\"document.title='owned'\" style=\"background:url(\(host)/attr)\" #turn-1}",
    "[span]{onmouseover=\"x()\" style=\"position:fixed\"} ::: {onclick=x}\ntext\n:::",
    "![alt](\(host)/image.png) ![](file:///etc/passwd) ![x](\(host)/x.png){onload=x}",
    "</div></article></main></body></html><script>document.title='owned'</script>",
    "<!-- \n\n<p>", "<![CDATA[ <script>document.title='owned'</script> ]]>", "<?x ?> <!DOCTYPE x>",
    "<form action=\"\(host)/form\"><input autofocus onfocus=\"document.title='owned'\"></form>",
    "<base href=\"\(host)/\"><a href=\"x\">base</a>",
    "<math><annotation-xml encoding=\"text/html\"><script>document.title='owned'</script></annotation-xml></math>",
    "$\\href{javascript:alert(1)}{x}$ $\\style{color:red}{x}$ $$\\begin{matrix}<script>x</script>\\end{matrix}$$",
    "\\(<script>document.title='owned'</script>\\) \\[\\text{<img src=x onerror=\"document.title='owned'\">}\\]",
    "\\(\\href{javascript:alert(1)}{x}\\) \\[\\style{background:url(\(host)/style)}{x}\\] \\(</math><svg onload=x>\\)",
    "\\[\n</annotation></semantics></math><img src=\"\(host)/math\">\n\\] \\(\u{F8F3}1\u{F8F3}<iframe>\\)",
    "<div id=\"turn-2\" class=\"note\">fake</div> <textarea> <title> <noscript> <xmp> <plaintext>",
    "<think><script>document.title='owned'</script>", "a\u{1B}]0;owned\u{7} b\u{0}c\u{85}d",
  ]

  /// Links that must not be links.
  static let links: [String] = [
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](&#106;avascript:alert(1))",
    "[a](<java\nscript:alert(1)>)", "[a](<\u{1}javascript:alert(1)>)", "<javascript:alert(1)>",
    "[a](data:text/html,x)",
    "[a](vbscript:x)", "[a](file:///etc/passwd)", "[a](//example.org)", "[a](\\\\example.org)",
    "[a][r]\n\n[r]: javascript:x",
    "[a](javascript&colon;alert(1))", "[a](%6Aavascript:alert(1))", "[a](http:/\\example.org)",
    "[a](mailto:x?body=y)",
  ]

  /// What costs a reader time or memory out of proportion, or loses text.
  static let heavy: [String] = [
    "x[^1]\n\n[^1]: [^1] [^1] [^1] [^1] [^1] [^1] [^1] [^1]",
    (0..<25).map { "[^\($0)]: [^\($0 + 1)] [^\($0 + 1)]" }.joined(separator: "\n\n") + "\n\n[^0]",
    "|" + String(repeating: "a|", count: 2000) + "\n|" + String(repeating: "-|", count: 2000) + "\n"
      + String(repeating: "|x\n", count: 2000),
    String(repeating: "*a _b ", count: 3000), String(repeating: "[", count: 5000),
    String(repeating: "![", count: 2000),
    String(repeating: ">", count: 2000) + "x", String(repeating: "- ", count: 500) + "x",
    (1...200).map { String(repeating: "`", count: $0) }.joined(separator: " "),
    String(repeating: "<!-- ", count: 2000), String(repeating: "<a ", count: 5000),
    String(repeating: "x", count: 300_000), "$" + String(repeating: "{", count: 3000) + "$",
    String(repeating: "\\(x\\) ", count: 20_000), String(repeating: "\\(\\[", count: 30_000),
    "\\(\n\n" + String(repeating: "\\) ", count: 40_000), "\\(" + String(repeating: "{", count: 1900) + "\\)",
  ]

  /// What some readers swallow.
  static let swallowed: [String] = [
    "% KEEP title\n% author", "---\ntitle: KEEP\n---\n\ntext", "\\newcommand{\\x}{\\x}\\x KEEP",
    "\\begin{foo}KEEP\\end{foo}",
    "[only]: http://example.org/KEEP", "<div>\n\nKEEP", "```\nKEEP", "text\n\n| KEEP |",
  ]
}
