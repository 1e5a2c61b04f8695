// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct HTMLTextTests {
  @Test func controlCharactersBecomeVisibleLineEndsBecomeOneKind() {
    #expect(HTMLText.clean("a\u{1B}[31m\u{0}b\u{9B}\u{7F}") == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}\u{FFFD}")
    #expect(HTMLText.clean("1\r\n2\r3\n\r\n4\t5") == "1\n2\n3\n\n4\t5")
    // U+FFFE, U+FDD0 and U+1FFFF, which no literal may hold.
    let none = String(decoding: [0xEF, 0xBF, 0xBE, 0xEF, 0xB7, 0x90, 0xF0, 0x9F, 0xBF, 0xBF], as: UTF8.self)
    #expect(HTMLText.clean(none + "👨‍👩‍👧") == "\u{FFFD}\u{FFFD}\u{FFFD}👨‍👩‍👧")
  }

  @Test func whatTurnsTheOrderOfCharactersAboutIsMadeVisibleWhatRunsTheOtherWayStays() {
    #expect(
      HTMLText.clean("a\u{202E}b\u{202A}c\u{2066}d\u{2069}e") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e")
    #expect(HTMLText.clean("a\u{2028}b\u{2029}c") == "a\nb\nc")
    for text in ["שלום עולם", "مرحبا\u{200F}!", "a\u{200E}b", "👩‍👩‍👧", "میخواهم\u{200C}"] {
      #expect(HTMLText.clean(text) == text)
    }
  }

  @Test func escapedTextCanStandAnywhere() {
    #expect(
      HTMLText.escape("<a href=\"x\" id='y'>&amp;") == "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;")
  }

  @Test func aCombiningMarkBehindABracketDoesNotHideIt() {
    #expect(HTMLText.escape("<\u{301}script>") == "&lt;\u{301}script&gt;")
  }

  @Test func plainTextIsKeptToTheCharacterButForTheFencesAroundCode() {
    #expect(
      HTMLText.plain("  /\\_/\\\n\nx\n\n```c++\na < b\n```\n\n\nend\n")
        == "<div class=\"plain\" dir=\"auto\">  /\\_/\\\n\nx</div><pre><code>a &lt; b</code></pre>"
        + "<div class=\"plain\" dir=\"auto\">end\n</div>")
  }

  @Test(arguments: ["```\nnever closed", "``\nx\n``", "a ``` b\n```", "```js `x`\ny\n```z", "~~~\n```", ""])
  func whatIsNoClosedFenceIsText(text: String) {
    #expect(FencedText.split(text) == [.text(text)])
  }

  @Test func aLongerFenceHoldsAShorterOne() {
    #expect(FencedText.split("````\n```\nx\n```\n````") == [.code("```\nx\n```")])
  }
}
