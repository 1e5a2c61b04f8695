// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import ResonantCore

@Suite struct LiveReplyTests {
  /// Limit, text, and what is kept of it.
  static let limits: [(Int, String, String, LiveReply.Verdict?)] = [
    (5, "abcde", "abcde", nil),
    (5, "abcdef", "abcde", .truncated),
    (5, "abcd", "abcd", nil),
    (5, "abcde  \n ", "abcde", nil),
    (5, "abcde  \n x", "abcde", .truncated),
    (5, "abc  def", "abc", .truncated),
    (3, "\n\n  \nabc", "abc", nil),
    (3, "a👨‍👩‍👧b", "a👨\u{200D}", .truncated),
    (4, "  ab", "  ab", nil),
    (10, "\n  indented\n", "  indented", nil),
    (9, "\n  indented\n", "  indente", .truncated),
  ]

  @Test(arguments: limits)
  func keepsWholeTextUpToTheLimit(
    limit: Int, text: String, kept: String, verdict: LiveReply.Verdict?
  ) {
    for size in [1, 2, text.unicodeScalars.count] {
      let live = LiveReply(limit: limit)
      let scalars = Array(text.unicodeScalars)
      for start in stride(from: 0, to: scalars.count, by: size) {
        var piece = String.UnicodeScalarView()
        piece.append(contentsOf: scalars[start..<min(start + size, scalars.count)])
        if !live.append(String(piece)) { break }
      }
      #expect(live.text == kept, "in pieces of \(size)")
      #expect(live.verdict == verdict, "in pieces of \(size)")
    }
  }

  @Test(arguments: [
    ("[Bob]: hi", "hi"), ("[Bob]:hi", "hi"), ("\n [Bob]: hi", "hi"), ("[Bo", "[Bo"),
    ("[Bonny]: x", "[Bonny]: x"),
    ("[Bob]: ", ""), ("x [Bob]: y", "x [Bob]: y"), ("[Bob]: \n\n  hi", "  hi"),
  ])
  func dropsAnEchoedPrefix(text: String, kept: String) {
    for size in [1, text.count] {
      let live = LiveReply(echoedPrefix: "[Bob]:")
      let characters = Array(text)
      for start in stride(from: 0, to: characters.count, by: size) {
        live.append(String(characters[start..<min(start + size, characters.count)]))
      }
      #expect(live.text == kept)
    }
  }

  @Test func theFirstVerdictStands() {
    let live = LiveReply(limit: 1)
    live.append("ab")
    live.cut(.interrupted)
    #expect(live.verdict == .truncated)
    #expect(!live.append("c"))
    #expect(live.text == "a")
  }

  @Test func aCutReachesASourceThatComesLate() async {
    let live = LiveReply()
    live.cut(.interrupted)
    await confirmation { reached in live.onCut { reached() } }
  }

  @Test func theTailIsWhatAScreenHasNotShownYet() {
    let live = LiveReply()
    live.append("\n\nHello")
    live.append(", you  ")
    #expect(String(decoding: live.tail(text: 5, thinking: 0).text, as: UTF8.self) == ", you  ")
    #expect(live.text == "Hello, you")
  }

  @Test func aDepartureIsToldOnceWhenTheModelIsAskedOrHasToWait() {
    let told = Mutex(0)
    for depart in [{ $0.noteStart() }, { $0.whileWaiting {} }] as [(LiveReply) -> Void] {
      told.withLock { $0 = 0 }
      let live = LiveReply()
      live.onDeparture { told.withLock { $0 += 1 } }
      #expect(told.withLock { $0 } == 0)
      depart(live)
      live.noteStart()
      #expect(told.withLock { $0 } == 1)
    }
  }

  @Test func aSettlementIsMadeOnceAndNotForgotten() {
    let made = Mutex(0)
    var live: LiveReply? = LiveReply()
    live?.onSettlement { made.withLock { $0 += 1 } }
    live?.settle()
    live?.settle()
    #expect(made.withLock { $0 } == 1)
    live?.onSettlement { made.withLock { $0 += 1 } }
    live = nil
    #expect(made.withLock { $0 } == 2)
  }
}
