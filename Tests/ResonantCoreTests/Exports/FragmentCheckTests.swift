// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct FragmentCheckTests {
  @Test(arguments: [
    "<p>plain &amp; <strong>bold</strong> &#39; &#x2603;</p>\n<hr />",
    #"<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow" class="uri">x</a></p>"#,
    #"<a href="MAILTO:a@example.org">x</a>"#,
    #"<pre data-lang="c++"><code>a &lt; b</code></pre>"#,
    #"<ol start="3" type="1"><li>a</li></ol><table><tr><td class="right">1</td></tr></table>"#,
    #"<math display="inline" xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi><mspace width="1em" /></math>"#,
    #"<math display="inline"><mi>x</mi><mspace width="0.167em"></mspace><none></none></math>"#,
  ])
  func whatARenderedMessageNeedsPasses(fragment: String) {
    #expect(FragmentCheck.problem(in: Array(fragment.utf8)) == nil)
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "<p><script/></p>", "<iframe></iframe>", "<style>p{}</style>", "<svg></svg>",
    "<img src=\"x\" />", "<form></form>", "<input type=\"checkbox\" />", "<base href=\"http://x\" />",
    "<meta />", "<link />", "<object></object>", "<details></details>", "<SCRIPT></SCRIPT>", "<p>x</P>",
  ])
  func elementsThatAreNotListedAreRefused(fragment: String) {
    #expect(FragmentCheck.problem(in: Array(fragment.utf8)) != nil)
  }

  @Test(arguments: [
    "<p onclick=\"x()\">x</p>", "<p style=\"color:red\">x</p>", "<p id=\"turn-1\">x</p>", "<p class=x>x</p>",
    "<p class='x'>x</p>", "<p hidden>x</p>", "<p class=\"a\" class=\"b\">x</p>",
    "<p class=\"a\"onclick=\"b\">x</p>",
    "<p class=\"a<b\">x</p>", "<p class=\"&quot; onclick=&quot;x\">x</p>", "<p/onclick=\"x\">x</p>",
    "<p href=\"https://example.org/\">x</p>", "<math><mi href=\"https://example.org\">x</mi></math>",
    "<ol start=\"javascript:x\"><li>x</li></ol>", "<a target=\"_blank\">x</a>", "<a rel=\"opener\">x</a>",
  ])
  func attributesThatAreNotListedAreRefused(fragment: String) {
    #expect(FragmentCheck.problem(in: Array(fragment.utf8)) != nil)
  }

  @Test(arguments: [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "&#106;avascript:alert(1)",
    "java&#10;script:alert(1)", "&#1;javascript:alert(1)", "data:text/html,x", "vbscript:x",
    "file:///etc/passwd",
    "//example.org/", "/x", "x", "", "#turn-1", "http:///x", "https:example.org", "http:\\\\example.org",
    "https://exa mple.org", "https://", "blob:https://x", "&Tab;https://x",
  ])
  func linksLeadToTheWebOrToAMailAddressOnly(target: String) {
    #expect(FragmentCheck.problem(in: Array("<a href=\"\(target)\">x</a>".utf8)) != nil)
  }

  @Test(arguments: [
    "<p>", "</p>", "<p></div>", "</div></body></html>", "<em><strong>x</em></strong>", "<p>a < b</p>",
    "<p>a > b</p>",
    "<p>&</p>", "<p>&nbsp;</p>", "<p>&#0;</p>", "<p>&#xD800;</p>", "<p>&#8;</p>", "<!-- x -->",
    "<![CDATA[x]]>",
    "<?php ?>", "<!DOCTYPE html>", "<br>", "<p />", "< p>x</p>", "<p", "<p class=\"x", "a\u{0}b",
    "a\u{1B}[31m", "a\rb",
    "<a href=\"https://x.org\"><em><a href=\"https://y.org\">x</a></em></a>", "<math><p>x</p></math>",
    "<mi>x</mi>",
    String(repeating: "<p>", count: 101) + String(repeating: "</p>", count: 101),
  ])
  func whatIsNotWellFormedOrOutOfPlaceIsRefused(fragment: String) {
    #expect(FragmentCheck.problem(in: Array(fragment.utf8)) != nil)
  }

  @Test func bytesThatAreNoUTF8AreRefused() {
    #expect(FragmentCheck.problem(in: [0x61, 0xC0, 0x80]) != nil)
    #expect(FragmentCheck.problem(in: [0x61, 0xF0, 0x9F]) != nil)
  }
}
