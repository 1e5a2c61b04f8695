// SPDX-License-Identifier: MIT

import Testing

@testable import resonant

struct LineEditorTests {
  /// Keys as terminals send them.
  private static let cases: [(keys: String, line: String)] = [
    ("hello", "hello"),
    ("grüße 日本語 🙂 👩‍👧", "grüße 日本語 🙂 👩‍👧"),
    ("helo\u{1B}[Dl", "hello"),
    ("helo\u{1B}ODl\u{1B}OC!", "hello!"),
    ("ab👩‍👧\u{7F}\u{08}c", "ac"),
    ("abc\u{01}\u{04}\u{1B}[3~", "c"),
    ("bc\u{1B}[Ha\u{1B}[Fd\u{1B}[1~_\u{1B}[4~_\u{1B}[7~.\u{1B}[8~.\u{1B}OH<\u{1B}OF>", "<._abcd_.>"),
    ("b\u{01}a\u{05}c\u{02}\u{02}\u{06}-", "ab-c"),
    ("one two\u{02}\u{02}\u{0B}", "one t"),
    ("one two\u{02}\u{15}", "o"),
    ("one two  \u{17}", "one "),
    ("one\u{17}\u{17}", ""),
    ("\u{1B}[D\u{1B}[C\u{7F}\u{1B}[3~\u{1B}[A\u{1B}[Ba", "a"),
    ("a\tb", "a\tb"),
    // Sequences that mean nothing here, whole.
    ("a\u{1B}[15~\u{1B}[1;5Ab\u{1B}[25~\u{1B}[?1;2c\u{1B}[<0;1;2Mc", "abc"),
    ("a\u{1B}[[A\u{1B}OPb\u{1B}xc\u{1B}éd\u{1B}\u{1B}[15~", "abcéd"),
    ("a\u{1B}]11;rgb:0/0/0\u{07}b\u{1B}P1$r0m\u{1B}\\c", "abc"),
    // No control character is text.
    ("a\u{00}\u{0C}\u{10}\u{13}\u{1A}\u{1C}\u{1F}b", "ab"),
  ]

  @Test(arguments: cases)
  func keysMakeALine(keys: String, line: String) {
    let bytes = Array(keys.utf8) + [0x0D]
    var whole = LineEditor()
    #expect(whole.feed(bytes) == [.line(line)])
    var split = LineEditor()
    #expect(bytes.flatMap { split.feed([$0]) } == [.line(line)])
  }

  @Test func severalLinesComeAtOnce() {
    var editor = LineEditor()
    #expect(
      editor.feed(Array("one\rtwo\nthree\r\n\r\nfive".utf8))
        == [.line("one"), .line("two"), .line("three"), .line("")])
    #expect(editor.view(columns: 80).before == "five")
  }

  @Test func invalidBytesAreRepaired() {
    var editor = LineEditor()
    let bytes: [UInt8] = [0x61, 0xFF, 0xC3, 0x62, 0xE2, 0x82, 0x0D]
    #expect(editor.feed(bytes) == [.line("a\u{FFFD}\u{FFFD}b\u{FFFD}")])
  }

  @Test func theInputEndsOnlyWhereTheLineIsEmpty() {
    var editor = LineEditor()
    #expect(editor.feed(Array("a\u{04}\u{7F}".utf8)) == [])
    #expect(editor.feed([0x04]) == [.end])
  }

  @Test func arrowsRecallLinesAndTheOneThatWasBegun() {
    var editor = LineEditor()
    _ = editor.feed(Array("one\rtwo\rtwo\r\rdraft".utf8))
    let shown = ["A", "A", "A", "B", "B", "B"].map { key in
      _ = editor.feed(Array("\u{1B}[\(key)".utf8))
      return editor.view(columns: 80).before
    }
    #expect(shown == ["two", "one", "one", "two", "draft", "draft"])
    #expect(editor.feed(Array("\u{1B}[A!\r".utf8)) == [.line("two!")])
  }

  @Test func anEscapeAloneIsAKey() {
    var editor = LineEditor()
    _ = editor.feed([0x1B])
    #expect(editor.awaitsSequence)
    editor.endSequence()
    #expect(editor.feed(Array("[D\r".utf8)) == [.line("[D")])
  }

  @Test func aLongLineScrollsAroundTheCursor() {
    var editor = LineEditor()
    _ = editor.feed(Array("0123456789".utf8))
    #expect(editor.view(columns: 10) == ("0123456789", ""))
    #expect(editor.view(columns: 8) == ("23456789", ""))
    _ = editor.feed(Array("\u{1B}[D\u{1B}[D\u{1B}[D".utf8))
    #expect(editor.view(columns: 8) == ("123456", "78"))
    _ = editor.feed([0x01])
    #expect(editor.view(columns: 8) == ("", "01234567"))
    var wide = LineEditor()
    _ = wide.feed(Array("日本語🙂x".utf8))
    #expect(wide.view(columns: 6) == ("語🙂x", ""))
  }

  @Test func whatIsPastedIsOneMessage() {
    var editor = LineEditor()
    let pasted = "\u{1B}[200~one\r\ntwo\r\rfour\u{4}\u{1B}[201~"
    #expect(editor.feed(Array(pasted.utf8)).isEmpty)
    #expect(editor.view(columns: 80).before == "one\u{2424}two\u{2424}\u{2424}four")
    #expect(editor.feed([0x0D]) == [.line("one\ntwo\n\nfour")])
  }

  @Test func nothingShownControlsTheTerminal() {
    var editor = LineEditor()
    _ = editor.feed(Array("a\tb\u{9B}c\u{202E}d".utf8))
    #expect(editor.view(columns: 80).before == "a b\u{FFFD}c\u{FFFD}d")
  }

  @Test func anEndlessLineIsCutOff() {
    var editor = LineEditor()
    let events = editor.feed([UInt8](repeating: 0x61, count: LineSplitter.limit + 10) + [0x0D])
    #expect(events == [.tooLong, .line(String(repeating: "a", count: LineSplitter.limit))])
    #expect(editor.feed([0x62, 0x0D]) == [.line("b")])
  }
}
