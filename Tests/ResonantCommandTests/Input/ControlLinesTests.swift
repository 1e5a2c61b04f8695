// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import resonant

/// Reading from a pipe, and from a terminal whose last row is the input line. One at a time: a process has one.
@Suite(.serialized)
struct ControlLinesTests {
  /// What was handed over; the end is nil.
  private let taken = Watched<[String?]>([])

  private func lines(_ input: Int32, outputs: [Int32] = [], terminal: String? = "xterm") -> ControlLines {
    ControlLines(
      input: input, outputs: outputs, terminal: terminal,
      onLine: { [taken] line in taken.update { $0.append(line) } },
      onEnd: { [taken] in taken.update { $0.append(nil) } })
  }

  private func lines(_ terminal: PseudoTerminal, name: String? = "xterm") -> ControlLines {
    lines(terminal.descriptor, outputs: [terminal.descriptor], terminal: name)
  }

  @Test func aScriptIsHandedOverInOrder() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let lines = lines(ends[0])
    #expect(!lines.isLive && !lines.hasInputLine)
    lines.start()
    for byte in Array("one\r\ntwo \\\nthree\n\nlast".utf8) { _ = write(ends[1], [byte], 1) }
    try await taken.wait(for: "three lines") { $0.count == 3 }
    close(ends[1])
    let all = try await taken.wait(for: "the end") { $0.last == .some(nil) }
    #expect(all == ["one", "two \nthree", "", "last", nil])
  }

  @Test func whatIsTypedIsEditedBelowTheOutput() async throws {
    let terminal = try PseudoTerminal(rows: 8, columns: 20)
    let console = Console(descriptor: terminal.descriptor)
    console.write("before\n")
    await console.flush()
    let lines = lines(terminal)
    #expect(lines.isLive && lines.hasInputLine)
    lines.start()
    try await terminal.wait("the prompt") { $0.lines.last == ">" }
    #expect(!terminal.isCooked)
    terminal.type("helo")
    console.write("Once upon ")
    terminal.type("\u{1B}[Dl")
    console.write("a time")
    try await terminal.wait("both") {
      $0.lines == ["before", "Once upon a time", "", "", "", "", "", "> hello"]
    }
    lines.show(prompt: "held> ")
    try await terminal.wait("the other prompt") { $0.lines.last == "held> hello" }
    terminal.type("\r")
    try await taken.wait(for: "the line") { $0 == ["hello"] }
    try await terminal.wait("an empty line") { $0.lines.last == "held>" }
    lines.stop()
    #expect(terminal.isCooked)
    console.write("after\n")
    try await terminal.wait("the output after it") {
      $0.lines == ["before", "Once upon a time", "after", "", "", "", "", ""]
    }
  }

  @Test func noCharacterIsLostWhereAPieceFillsARow() async throws {
    let terminal = try PseudoTerminal(rows: 12, columns: 20)
    let console = Console(descriptor: terminal.descriptor)
    let lines = lines(terminal)
    lines.start()
    let text = String((0..<200).map { Character(Unicode.Scalar(UInt8(0x21 + $0 % 90))) })
    for piece in text {
      console.write(String(piece))
      await console.flush()
    }
    try await terminal.wait("all of it above the input line") { $0.output == text && $0.lines.last == ">" }
    for number in 1...30 { console.write("\nline \(number)") }
    try await terminal.wait("the output to scroll") {
      $0.lines == (20...30).map { "line \($0)" } + [">"]
    }
    lines.stop()
  }

  @Test func anAnswerInTheMiddleOfALineHasItsOwn() async throws {
    let terminal = try PseudoTerminal(rows: 8, columns: 20)
    let second = dup(terminal.descriptor)
    defer { close(second) }
    let lines = lines(terminal.descriptor, outputs: [terminal.descriptor, second])
    lines.start()
    for (descriptor, text) in [
      (terminal.descriptor, "Once "), (second, "held\n"), (terminal.descriptor, "upon"),
    ] {
      let console = Console(descriptor: descriptor)
      console.write(text)
      await console.flush()
    }
    try await terminal.wait("three lines") { $0.lines.prefix(3) == ["Once", "held", "upon"] }
    lines.stop()
  }

  @Test func aChangedSizeSetsTheRowApartAgain() async throws {
    let terminal = try PseudoTerminal(rows: 8, columns: 20)
    let console = Console(descriptor: terminal.descriptor)
    let lines = lines(terminal)
    lines.start()
    for number in 1...9 { console.write("line \(number)\n") }
    terminal.type("typed")
    try await terminal.wait("a full screen") { $0.lines[5...] == ["line 9", "", "> typed"] }
    let steps = [
      (rows: 6, output: "a\n", shown: ["line 8", "line 9", "a", "> typed"]),
      (rows: 3, output: "b\n", shown: ["a", "b"]),
      (rows: 6, output: "c", shown: ["a", "b", "c", "> typed"]),
      (rows: 8, output: "d\n", shown: ["c", "d", "> typed"]),
    ]
    for (rows, output, shown) in steps {
      terminal.resize(rows: rows, columns: 30)
      console.write(output)
      try await terminal.wait("the output in \(rows) rows") { screen in
        screen.lines.filter { !$0.isEmpty }.suffix(shown.count) == shown[...]
      }
    }
    lines.stop()
    #expect(terminal.isCooked)
  }

  @Test func theEndOfTheInputGivesTheTerminalBack() async throws {
    let terminal = try PseudoTerminal(rows: 8, columns: 20)
    let lines = lines(terminal)
    lines.start()
    try await terminal.wait("the prompt") { $0.lines.last == ">" }
    terminal.type("a\u{7F}\u{04}")
    try await taken.wait(for: "the end") { $0 == [nil] }
    #expect(terminal.isCooked)
    try await terminal.wait("no input line") { $0.lines.allSatisfy(\.isEmpty) }
  }

  @Test func theTerminalCanBeGivenBackWithoutWaiting() async throws {
    let terminal = try PseudoTerminal(rows: 8, columns: 20)
    let console = Console(descriptor: terminal.descriptor)
    let lines = lines(terminal)
    lines.start()
    console.write("in the middle")
    try await terminal.wait("the output") { $0.lines[0] == "in the middle" && $0.lines.last == ">" }
    InputLine.restoreTerminal()
    #expect(terminal.isCooked)
    try await terminal.wait("no input line") { $0.lines.last == "" }
    console.write("$ ")
    try await terminal.wait("the shell below the output") { $0.lines[1] == "$" }
    lines.stop()
  }

  @Test func aTerminalWhoseOutputIsStoppedIsGivenBackAsWell() async throws {
    let terminal = try PseudoTerminal(rows: 8, columns: 20)
    let console = Console(descriptor: terminal.descriptor)
    let lines = lines(terminal)
    lines.start()
    try await terminal.wait("the prompt") { $0.lines.last == ">" }
    // Ctrl-S has taken effect when the key after it has.
    terminal.type("\u{13}\r")
    try await taken.wait(for: "the line") { $0 == [""] }
    console.write("a write that waits")
    InputLine.restoreTerminal()
    #expect(terminal.isCooked)
    try await terminal.wait("the whole screen to scroll") {
      $0.raw.firstRange(of: Array("\u{1B}[r".utf8)) != nil
    }
    await console.flush()
    lines.stop()
  }

  @Test(arguments: [("dumb", 24), (nil, 24), ("xterm", 3)])
  func aTerminalWithoutARowToSpareReadsAsItDoes(name: String?, rows: Int) async throws {
    let terminal = try PseudoTerminal(rows: rows, columns: 20)
    let lines = lines(terminal, name: name)
    #expect(lines.isLive && !lines.hasInputLine)
    lines.start()
    #expect(terminal.isCooked)
    terminal.type("one\ntwo \\\nthree\n")
    try await taken.wait(for: "the lines") { $0 == ["one", "two \nthree"] }
    terminal.type("\u{04}")
    try await taken.wait(for: "the end") { $0.last == .some(nil) }
    #expect(!terminal.screen.value.raw.contains(0x1B))
  }
}
