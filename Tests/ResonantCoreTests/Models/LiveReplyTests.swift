// SPDX-License-Identifier: MIT

import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct LiveReplyTests {
  /// Limit, text, and what is kept of it.
  static let limits: [(Int, String, String, LiveReply.Verdict?)] = [
    (5, "abcde", "abcde", nil),
    (5, "abcdef", "abcde", .limit),
    (5, "abcd", "abcd", nil),
    (5, "abcde  \n ", "abcde", nil),
    (5, "abcde  \n x", "abcde", .limit),
    (5, "abc  def", "abc", .limit),
    (3, "\n\n  \nabc", "abc", nil),
    (3, "a👨‍👩‍👧b", "a👨\u{200D}", .limit),
    (4, "  ab", "  ab", nil),
    (10, "\n  indented\n", "  indented", nil),
    (9, "\n  indented\n", "  indente", .limit),
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
    live.cut(.signal)
    #expect(live.verdict == .limit)
    #expect(!live.append("c"))
    #expect(live.text == "a")
  }

  @Test func nothingCutsASettledReply() {
    let live = LiveReply()
    live.append("abc")
    live.settle()
    #expect(!live.cut(.listener(name: "Bob")))
    #expect(!live.cut(.signal))
    #expect(live.verdict == nil)
    #expect(live.text == "abc")
  }

  @Test(arguments: [
    (LiveReply.Verdict.listener(name: "Bob"), true, "ab"), (.quit, true, "ab"), (.signal, false, "abc"),
    (.deadline, false, "abc"),
  ])
  func aReplyOverTheLimitIsCutOnlyByWhoReadsIt(verdict: LiveReply.Verdict, isAccepted: Bool, text: String) {
    let live = LiveReply(limit: 3)
    live.reveal(2)
    live.append("abcdef")
    #expect(live.verdict == .limit)
    #expect(live.cut(verdict) == isAccepted)
    #expect(live.text == text)
  }

  @Test(
    arguments: [
      (nil, 3, 5), (2, 1, 2), (2, 4, 4), (9, 7, 7), (9, 3, 5),
    ] as [(Int?, Int, Int)])
  func whatWasShownStaysShown(before: Int?, after: Int, shown: Int) {
    let live = LiveReply()
    live.reveal(before)
    live.append("abcde")
    live.reveal(after)
    live.append("fghij")
    #expect(live.counts.shown == shown)
  }

  @Test func onlyTheFirstOfManyCutsIsAccepted() async {
    let live = LiveReply()
    let accepted = await withTaskGroup(of: Bool.self) { group in
      for name in 0..<50 { group.addTask { live.cut(.listener(name: "\(name)")) } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(accepted == 1)
  }

  @Test func aCutReachesASourceThatComesLate() async {
    let live = LiveReply()
    live.cut(.signal)
    await confirmation { reached in live.onCut { reached() } }
  }

  @Test func theTailIsWhatAScreenHasNotShownYet() {
    let live = LiveReply()
    live.append("\n\nHello")
    live.append(", you  ")
    #expect(String(decoding: live.tail(text: 5, thinking: 0).text, as: UTF8.self) == ", you  ")
    #expect(live.text == "Hello, you")
  }

  @Test(arguments: [(0, ""), (3, "Hal"), (6, "Halló,"), (7, "Halló,"), (99, "Halló, you")])
  func aListenerHasHeardWhatWasShown(count: Int, heard: String) {
    let live = LiveReply()
    live.reveal(count)
    live.append("\nHalló, you")
    let shown = String(decoding: live.tail(text: 0, thinking: 0).text, as: UTF8.self)
    #expect(shown == String("Halló, you".prefix(count)))
    #expect(live.text == "Halló, you")
    live.cut(.listener(name: "Bob"))
    #expect(live.text == heard)
    #expect(live.verdict?.outcome == .interrupted)
  }

  @Test func everybodyWhoFollowsIsTold() {
    let live = LiveReply()
    let told = Mutex([0, 0])
    let first = live.follow { told.withLock { $0[0] += 1 } }
    live.follow { told.withLock { $0[1] += 1 } }
    live.append("a")
    live.unfollow(first)
    live.reveal(1)
    #expect(told.withLock { $0 } == [2, 3])
  }
}

@Suite struct AttemptTests {
  @Test func whatFollowsTheRecordIsDoneOnceAndNotForgotten() {
    let done = Mutex(0)
    var attempt: Attempt? = Attempt()
    attempt?.onRecorded { done.withLock { $0 += 1 } }
    attempt?.noteRecorded()
    attempt?.noteRecorded()
    #expect(done.withLock { $0 } == 1)
    attempt?.onRecorded { done.withLock { $0 += 1 } }
    attempt = nil
    #expect(done.withLock { $0 } == 2)
  }

  @Test func aWaitEndsWithTheReplyOrWhenNobodyIsToWait() async {
    for end in [{ $0.live.cut(.signal) }, { $0.endWaiting() }] as [(Attempt) -> Void] {
      let attempt = Attempt()
      let waiting = Task { try await attempt.wait { try await Gate().pass() } }
      end(attempt)
      await #expect(throws: CancellationError.self) { try await waiting.value }
    }
  }
}
