// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

struct HTMLPageTests {
  @Test func theHeadForbidsAllButThePagesOwnStyle() throws {
    let page = HTMLPage.plain(Sample.chat("Hello!"))
    let style = try #require(page.firstMatch(of: /<style>([\s\S]*?)<\/style>/)).1
    #expect(style == HTMLStyle.sheet)
    #expect(
      page.contains(
        "content=\"default-src 'none'; style-src 'sha256-\(HTMLStyle.digest)'; base-uri 'none'; form-action 'none'\""
      ))
    #expect(page.contains("<meta name=\"referrer\" content=\"no-referrer\">"))
    for word in ["<script", "javascript:", " style=", " onclick", "<img", "@import", "url("] {
      #expect(!page.contains(word))
    }
  }

  @Test func participantsThatShareModelAndEndpointAreDescribedOnce() {
    let page = HTMLPage.plain(Sample.chat("Hello!"))
    #expect(page.contains("<title>gemma3:27b in conversation with itself</title>"))
    #expect(page.contains(">Shared model<") || page.contains("<bdi>Shared model</bdi>"))
    #expect(page.contains("<bdi>Shared endpoint</bdi>"))
  }

  @Test func modelsDifferOnOneEndpointOrEverythingDiffers() {
    var transcript = Sample.chat("Hello!")
    transcript.header.participants[1].model = "llama3.3:70b"
    let page = HTMLPage.plain(transcript)
    #expect(page.contains("<title>gemma3:27b and llama3.3:70b in conversation</title>"))
    #expect(page.contains("title=\"llama3.3:70b\"") && page.contains("<bdi>Shared endpoint</bdi>"))
    transcript.header.participants[1].endpoint = "https://api.example.org/v1/messages"
    let other = HTMLPage.plain(transcript)
    #expect(other.contains("<bdi>llama3.3:70b at https://api.example.org/v1/messages</bdi>"))
    #expect(!other.contains("Shared"))
  }

  @Test func limitsSumsAndOriginsStandAtTheTop() {
    var transcript = Sample.chat("Hello!", String(repeating: "é", count: 1234))
    transcript.header.trial = .init(
      experiment: "bliss", condition: ["model": "a", "payload.temperature": 0.2], repeat: 3)
    transcript.header.parent = .init(id: "77aa", turn: 4)
    transcript.end = .init(
      reason: .maxTurns, turns: 2, characters: 1240, usage: .init(promptTokens: 1000, completionTokens: 234),
      milliseconds: 184_300)
    let page = HTMLPage.plain(transcript)
    for (label, value) in [
      ("Max characters", "10,000"), ("Turn limit", "30"), ("Total characters", "1,240"), ("Seed", "7"),
      ("End", "turn limit reached"), ("Tokens", "1,234"), ("Duration", "3 min 4 s"),
      ("Date (UTC)", "2026-11-21 01:47"),
      ("Experiment", "bliss, repeat 3"), ("Branched from", "77aa after turn 4"),
    ] {
      #expect(page.contains("<dt>\(label)</dt><dd title=\"\(value)\"><bdi>\(value)</bdi></dd>"), "\(label)")
    }
    #expect(page.contains("model=a, payload.temperature=0.2"))
    #expect(
      page.contains(
        "Ended: turn limit reached · 2 turns · 1,240 characters · 1,234 tokens in requests and replies · 3 min 4 s"
      ))
  }

  @Test func equalSystemPromptsAreShownOnceOthersEachWithItsOwner() {
    var transcript = Sample.chat("Hello!")
    #expect(HTMLPage.plain(transcript).ranges(of: "You have complete freedom.").count == 1)
    transcript.header.participants[1].systemPrompt = "Be <brief>.\n  Always."
    let page = HTMLPage.plain(transcript)
    #expect(page.contains("System prompt of <b><bdi>Alice</bdi></b>"))
    #expect(page.contains("System prompt of <b><bdi>Bob</bdi></b>"))
    #expect(page.contains("Be &lt;brief&gt;.\n  Always."))
  }

  @Test func everyOwnersPreambleIsThere() {
    var transcript = Sample.chat("Hello!")
    transcript.preambles = [
      .init(owner: "Alice", index: 1, role: .user, content: "to alice"),
      .init(owner: "Bob", index: 1, role: .system, content: "to bob"),
      .init(owner: "Bob", index: 2, role: .assistant, content: "by bob"),
    ]
    let page = HTMLPage.plain(transcript)
    #expect(page.contains("Preamble of <b><bdi>Alice</bdi></b> · 1 message"))
    #expect(page.contains("Preamble of <b><bdi>Bob</bdi></b> · 2 messages"))
    for text in ["to alice", "to bob", "by bob"] { #expect(page.contains(">\(text)</div>")) }
  }

  @Test func aTurnShowsWhoWhatHowLongAndHowItEnded() {
    var transcript = Sample.chat("Hello!", String(repeating: "x", count: 10_000), "c", "d", "", "f")
    transcript.turns[1].outcome = .truncated
    transcript.turns[2].outcome = .interrupted
    transcript.turns[3].outcome = .incomplete
    transcript.turns[4].outcome = .passed
    transcript.turns[5].heard = ""
    transcript.turns[5].servedModel = "gemma3:27b-it-q4"
    let page = HTMLPage.plain(transcript)
    #expect(page.contains("<article id=\"turn-2\" class=\"s1\">"))
    #expect(page.contains("<a href=\"#turn-2\">Turn 2</a>"))
    #expect(page.contains("10,000 chars · 2.3 s"))
    #expect(page.contains("Truncated: the reply went on past the limit of 10,000 characters."))
    #expect(page.contains("Interrupted:") && page.contains("Incomplete:") && page.contains("(passed)"))
    #expect(page.contains("Thinking filtered:") && page.contains("served by gemma3:27b-it-q4"))
  }

  @Test func reasoningFieldsAreFoldedThinkingSpansStayOpen() {
    var transcript = Sample.chat(
      "Hello!", "before\n\n<think>\n I <b>think</b>\n</think>\n\nafter", "x <THINKING>never closed", "last")
    transcript.turns[3].thinking = "quietly"
    let page = HTMLPage.plain(transcript)
    #expect(page.contains("<details class=\"thinking\"><summary>Reasoning · 7 chars</summary>"))
    #expect(
      page.contains(
        "<p class=\"label\">Thinking</p><div class=\"plain\" dir=\"auto\"> I &lt;b&gt;think&lt;/b&gt;</div></div>"
      ))
    #expect(
      page.contains(
        "<p class=\"label\">Thinking</p><div class=\"plain\" dir=\"auto\">never closed</div></div>"))
    #expect(page.contains("<div class=\"plain\" dir=\"auto\">last</div>"))
    #expect(!page.lowercased().contains("&lt;think"))
  }

  @Test func eventsStandWhereTheyHappened() throws {
    var transcript = Sample.chat("one", "two", "three")
    transcript.events = [
      .init(kind: "retry", time: Sample.start, after: 1, fields: ["status": 529]),
      .init(kind: "note", time: Sample.start, after: 2, fields: ["text": "be <brief>"]),
      .init(kind: "error", time: Sample.start, after: 3, fields: ["speaker": "Bob", "message": "HTTP 401"]),
    ]
    transcript.end = .init(
      reason: .error, turns: 3, characters: 11, usage: .zero, milliseconds: 900, error: "Bob: <401>")
    let page = HTMLPage.plain(transcript)
    let note = try #require(page.firstRange(of: "be &lt;brief&gt;"))
    #expect(try #require(page.firstRange(of: "id=\"turn-2\"")).upperBound < note.lowerBound)
    #expect(try #require(page.firstRange(of: "id=\"turn-3\"")).lowerBound > note.upperBound)
    #expect(page.contains("Error of Bob: HTTP 401") && !page.contains("529"))
    #expect(page.contains("<p class=\"error\">Bob: &lt;401&gt;</p>"))
  }

  @Test func aConversationOfManyTurnsHasCurvesATableAndAListOfTurns() {
    let short = HTMLPage.plain(Sample.chat("a", "b", "c", "d", "e"))
    #expect(!short.contains("<svg") && !short.contains("<nav>"))
    let page = HTMLPage.plain(Sample.chat((1...12).map { "The \($0)th message. Amen." }))
    for title in ["Novelty from 1.00 in turn 1 to ", "Similarity to the turn before", "Length from "] {
      #expect(page.contains("<title>\(title)"))
    }
    #expect(page.contains("<title>States by turn; turns 1 to 12: very short<"))
    #expect(
      page.contains(
        "<a href=\"#turn-12\">12</a> <b><bdi>Bob</bdi></b> <span><bdi>The 12th message. Amen.</bdi></span>"))
  }

  @Test func whatTheConversationHasBecomeStandsAtTheTopAndInTheCurves() {
    let loop = [
      "So be it, and let us say it again until the evening comes: so be it.",
      "Whatever else they may tell you about us, we never left this garden.",
    ]
    var transcript = Sample.chat(["Hello!", "Who is there?", "Somebody else", "  "] + loop + loop + loop)
    transcript.turns[3].outcome = .passed
    transcript.turns[4].heard = transcript.turns[4].text
    transcript.turns[4].text = "<think>what?</think>" + transcript.turns[4].text
    let page = HTMLPage.plain(transcript)
    // The passed turn is none of the four before the loop, but readers know turns by their numbers.
    #expect(page.contains("Label: same texts (verbatim loop), period 2, from turn 5 on</p>"))
    // The last chart is there twice: alone in its row it is wide, on a phone as the others.
    #expect(page.ranges(of: ">onset 5</text>").count == 4)
    #expect(page.ranges(of: "viewBox=\"0 0 700 112\"").count == 1)
    #expect(page.contains("turns 6 to 9: the same text as one of the six turns before"))
    transcript.turns.removeLast(5)
    #expect(
      HTMLPage.plain(transcript).contains(
        "Label: very short turns from the start (minimal); so few turns tell little</p>"))
  }

  @Test(
    arguments: [
      ([], nil), (["Hello!"], "very short turns from the start (minimal); so few turns tell little"),
      (loop(2), "goes on (sustained); so few turns tell little"),
      (loop(5), "same texts (verbatim loop), period 2, from turn 1 on; so few turns tell little"),
      (loop(6), "same texts (verbatim loop), period 2, from turn 1 on"),
      ((1...7).map { "\($0)" }, "very short turns from the start (minimal)"),
      (
        loop(5) + [String](repeating: "Amen.", count: 6),
        "the same very short turns again and again (minimal, period 1), from turn 6 on"
      ),
      (loop(3) + (1...7).map { "\($0)" }, "very short turns (minimal), from turn 4 on"),
    ] as [([String], String?)])
  func aPageHasTheLabelOfAnAnalysisHoweverFewTurnsThereAre(texts: [String], label: String?) {
    let page = HTMLPage.plain(Sample.chat(texts))
    #expect(page.contains("Label: ") == (label != nil))
    if let label { #expect(page.contains("Label: \(label)</p>")) }
    let measures = ConversationMeasures(AnalysisSource(id: "", path: "", texts: texts), AnalysisSettings())
    #expect((measures.attractor == nil) == (label == nil))
    if let attractor = measures.attractor { #expect(label?.hasPrefix(attractor.words()) == true) }
  }

  private static func loop(_ count: Int) -> [String] {
    let texts = [
      "So be it, and let us say it again until the evening comes: so be it.",
      "Whatever else they may tell you about us, we never left this garden.",
    ]
    return (0..<count).map { texts[$0 % 2] }
  }

  @Test func aRoomOfManyHasAHueForEachAndStrangersHaveNone() {
    let names = (1...11).map { "Model \($0)" }
    var transcript = Sample.chat("x")
    transcript.header.mode = .party
    transcript.header.topic = "The <sea>"
    transcript.header.participants = names.map { Sample.participant($0) }
    transcript.turns = names.enumerated().map { Sample.turn($0 + 1, $1, "I am \($1)") }
    transcript.turns.append(Sample.turn(12, "Guest", "who?"))
    let page = HTMLPage.plain(transcript)
    #expect(page.contains("<article id=\"turn-10\" class=\"s9\">"))
    #expect(page.contains("<article id=\"turn-11\" class=\"s0\">"))
    #expect(page.contains("<article id=\"turn-12\" class=\"\">"))
    #expect(page.contains("The &lt;sea&gt;"))
  }

  @Test func namesAndModelsAreTextWhateverTheyHold() {
    var transcript = Sample.chat("x")
    transcript.header.participants = [Sample.participant("<b>\"A\"", model: "</title><script>")]
    transcript.turns = [Sample.turn(1, "<b>\"A\"", "x")]
    transcript.turns[0].model = "</title><script>"
    let page = HTMLPage.plain(transcript)
    #expect(!page.contains("<script") && !page.contains("<b>\""))
    #expect(page.ranges(of: "</title>").count == 1)
  }

  @Test func theSameTranscriptGivesTheSameBytesWrittenOnceOrTurnByTurn() {
    let whole = Sample.chat((1...12).map { "Message \($0 % 3) of **many**." })
    var once = HTMLPage()
    var growing = HTMLPage()
    for count in 1...12 {
      var part = whole
      part.turns.removeLast(12 - count)
      _ = growing.render(part)
    }
    let bytes = once.render(whole)
    #expect(growing.render(whole) == bytes)
    #expect(once.render(whole) == bytes)
  }

  @Test func turnsThatWereTakenBackAreGoneFromPageAndCurves() {
    let whole = Sample.chat((1...9).map { "Message \($0)" })
    var page = HTMLPage()
    _ = page.render(whole)
    var rewound = whole
    rewound.turns.removeLast(2)
    rewound.turns[6].text = "Another"
    #expect(String(decoding: page.render(rewound), as: UTF8.self) == HTMLPage.plain(rewound))
  }

  @Test func writingFromTheRightKeepsItsDirection() {
    let page = HTMLPage.plain(Sample.chat("שלום"))
    #expect(page.contains("<div class=\"plain\" dir=\"auto\">שלום</div>"))
  }
}
