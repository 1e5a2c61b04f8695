// SPDX-License-Identifier: MIT

import Testing

@testable import resonant

struct InputLinesTests {
  private static let long = String(repeating: "a", count: LineSplitter.limit)

  private static let splits: [(text: [UInt8], events: [InputEvent])] = [
    (Array("".utf8), [.end]),
    (Array("one\ntwo".utf8), [.line("one"), .line("two"), .end]),
    (Array("one\r\n\r\n\ntwo\r\n".utf8), [.line("one"), .line(""), .line(""), .line("two"), .end]),
    (Array("\u{FEFF}/go\n\u{FEFF}\n".utf8), [.line("/go"), .line("\u{FEFF}"), .end]),
    (Array("a\rb\u{00}c 日本\n".utf8), [.line("a\rb\u{00}c 日本"), .end]),
    ([0x61, 0xFF, 0xC3, 0x0A], [.line("a\u{FFFD}\u{FFFD}"), .end]),
  ]

  @Test(arguments: splits)
  func bytesAreLines(text: [UInt8], events: [InputEvent]) {
    var whole = LineSplitter()
    #expect(whole.feed(text) + whole.finish() == events)
    var split = LineSplitter()
    #expect(text.flatMap { split.feed([$0]) } + split.finish() == events)
  }

  @Test func anEndlessLineIsCutOff() {
    var splitter = LineSplitter()
    let piece = [UInt8](repeating: 0x61, count: 1 << 16)
    let events = (0..<100).flatMap { _ in splitter.feed(piece) } + splitter.feed(Array("\nnext\n".utf8))
    #expect(events == [.tooLong, .line(Self.long), .line("next")])
    #expect(splitter.feed(Array("\(Self.long)\n".utf8)) == [.line(Self.long)])
  }

  private static let joins: [(lines: [InputEvent], messages: [InputEvent])] = [
    ([.line("one"), .line(""), .end], [.line("one"), .line(""), .end]),
    (
      [.line("one\\"), .line("two \\"), .line("three"), .line("four")],
      [.line("one\ntwo \nthree"), .line("four")]
    ),
    ([.line("\\"), .line("\\"), .line("x")], [.line("\n\nx")]),
    ([.line("one\\"), .line("")], [.line("one\n")]),
    ([.line("one\\ "), .line("two")], [.line("one\\ "), .line("two")]),
    ([.line("one\\"), .end], [.line("one"), .end]),
    ([.tooLong, .line("one")], [.tooLong, .line("one")]),
    (
      [.line(long + "\\"), .line(long + "\\"), .line("x"), .line("next")],
      [.tooLong, .line(long + "\n"), .line("next")]
    ),
  ]

  @Test(arguments: joins)
  func aBackslashGoesOnInTheNextLine(lines: [InputEvent], messages: [InputEvent]) {
    var joiner = LineJoiner()
    #expect(joiner.feed(lines) == messages)
  }

  /// Whether what follows a text must begin a new row of eight columns.
  @Test(arguments: [
    ("", false), ("1234567", false), ("12345678", true), ("123456789", false), ("1234567812345678", true),
    ("12345678\n", false), ("\u{1B}[1;35m12345678\u{1B}[0m", true), ("12\t5678", false), ("1\t", false),
    ("日本語1", false), ("日本語12", true), ("1234567日", false), ("e\u{301}234567", false),
    // Six or eight columns, then past the end on no terminal or on some.
    ("1234👩‍👧", true), ("1👩‍👧", false), ("1234567❤\u{FE0F}", true),
  ])
  func aFullRowIsNoticed(text: String, isFull: Bool) {
    var whole = OutputEnd()
    whole.append(Array(text.utf8), columns: 8)
    #expect(whole.mayFillRow(columns: 8) == isFull)
    var split = OutputEnd()
    for scalar in text.unicodeScalars { split.append(Array(String(scalar).utf8), columns: 8) }
    #expect(split.mayFillRow(columns: 8) == isFull)
  }
}
