// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

struct ExportTests {
  private var transcript: Transcript {
    var transcript = Sample.chat("Hello!", "# A heading\n```\nopen", "*last*")
    transcript.preambles = [
      .init(owner: "Bob", index: 1, role: .user, content: "Be kind.", extra: ["name": "x"])
    ]
    transcript.turns[1].outcome = .truncated
    transcript.turns[2].thinking = "hm"
    transcript.turns[2].usage = Usage(promptTokens: 3, completionTokens: 4)
    transcript.events = [.init(kind: "note", time: Sample.start, after: 2, fields: ["text": "A *note*."])]
    transcript.end = .init(
      reason: .error, turns: 3, characters: 31, usage: .zero, milliseconds: 1500, error: "Alice: HTTP 500")
    return transcript
  }

  @Test func inMarkdownNoMessageReachesOutOfItsQuote() {
    let text = MarkdownExport.document(of: transcript)
    #expect(text.hasPrefix("# gemma3:27b in conversation with itself\n\n- Shared model: gemma3:27b\n"))
    #expect(
      text.contains(
        """
        ## Turn 2: Bob (gemma3:27b)

        > # A heading
        > ```
        > open

        *Truncated: the reply went on past the limit of 10,000 characters.*

        *Moderator: A \\*note\\*.*

        ## Turn 3: Alice (gemma3:27b)

        """))
    #expect(text.contains("## Preamble 1 of Bob: user\n\n> Be kind.\n"))
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("#") }.count == 6)
  }

  @Test func asTextItReadsAsItWasPrinted() {
    let text = TextExport.document(of: transcript)
    let rule = String(repeating: "-", count: 50)
    #expect(text.contains("\n\nTurn 3: Alice (gemma3:27b)\n\(rule)\n*last*\n[6 chars]\n\(rule)\n"))
    #expect(text.contains("\nEnded: failed\nError: Alice: HTTP 500\n3 turns, 31 characters\n"))
    let room = TextExport.document(of: Sample.room)
    #expect(room.contains("\n\nSystem prompt of Ben\n\(rule)\nYou are Ben.\n\(rule)\n"))
  }

  @Test func inMarkdownARoomIsWholeAndInItsQuotes() {
    let text = MarkdownExport.document(of: Sample.room)
    #expect(text.hasPrefix("# Room: What is a city for?\n\n- Ada: org/ada\n"))
    for part in [
      "- human: a person\n", "## Introduction of human\n\n> I mend benches.\n",
      "## Turn 1: Ada (org/ada)\n\n*Chosen by vote: 2 for Ada, 1 for nobody.*\n\n> Shelter.\n",
      "## Turn 3: Ben (org/ben)\n\n*Chosen by the person.*\n\n(passed)\n",
      "> The towers of—\n\n*Moderator: Ada interrupted Cai.*\n",
      "*Ada sets triggers: “towers”, “1900”.*\n", "*Rewound to turn 6:",
      "## Checks of the moderator\n\n- Check 1 in turn 4 of Cai: Ada 9 (towers are praised), Ben no score\n",
      "- Check 2 in turn 7 of Cai: no scores; too late\n",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    let attack = "\n# Heading\n```\n</aside><script>x</script>"
    let headings = { (text: String) in text.split(separator: "\n").filter { $0.hasPrefix("#") }.count }
    let hostile = MarkdownExport.document(of: Sample.hostileRoom(attack))
    #expect(headings(hostile) == headings(text))
    let unquoted = hostile.split(separator: "\n").filter { !$0.hasPrefix(">") }
    #expect(unquoted.allSatisfy { !$0.contains("<script>") && !$0.hasPrefix("```") })
  }

  @Test func asTextARoomReadsAsTheTerminalShowsIt() {
    let text = TextExport.document(of: Sample.room)
    let rule = String(repeating: "-", count: 50)
    for part in [
      "Room: What is a city for?\nAda: org/ada\n", "Introduction of Ada\n\(rule)\nAda, a sceptic.\n\(rule)\n",
      "Turn 2: human\n\(rule)\nAnd who pays?\n[13 chars]\n\(rule)\n",
      "[Chosen by the person.]\n\(rule)\n(passed)\n\(rule)\n",
      "The towers of—\n[13 chars]\n\(rule)\n\nModerator: Ada interrupted Cai.\n",
      "\nHeld: 3 turns in a row failed\n",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("towers are praised"))
  }

  @Test func aTerminalTellsWhatAPersonInARoomWaitsFor() {
    #expect(
      Sample.room.events.compactMap(\.announcement) == [
        "Introduction of Ada: Ada, a sceptic.", "No introduction of Ben: HTTP 503",
        "Introduction of human: I mend benches.", "Word limit: 50.", "Moderator: Ada interrupted Cai.",
        "Error of Cai: HTTP 429", "Error of Ben: the stream ended",
        "Rewound to turn 6: what came after it no longer counts.", "The word limit is lifted.",
        "Held: 3 turns in a row failed",
      ])
    let warning = Sample.event("note", after: 1, ["speaker": "Ada", "text": "sent without stream_options"])
    #expect(warning.announcement == nil && warning.sentence == "Ada: sent without stream_options")
  }

  @Test func theTurnLimitShownIsNeverBelowTheTurnsOfAResumedConversation() {
    var transcript = transcript
    func limit() -> String? { transcript.facts.first { $0.label == "Turn limit" }?.value }
    transcript.header.settings["max_turns"] = .int(2)
    #expect(limit() == nil)
    transcript.end?.reason = .maxTurns
    #expect(limit() == "3")
    transcript.header.settings["max_turns"] = .int(4)
    #expect(limit() == "4")
  }

  @Test func asJSONItIsOneObjectWithItsKeysInOrder() throws {
    let bytes = JSONExport.document(of: transcript)
    let text = String(decoding: bytes, as: UTF8.self)
    let value = try DecodedJSON.parse(bytes)
    #expect(value["header"]?["participants"]?.array?.count == 2)
    #expect(value["header"]?["created"] == "2026-11-21T01:47:20.000Z")
    #expect(value["preambles"]?.array?[0]["name"] == "x")
    #expect(value["turns"]?.array?[1]["text"] == "# A heading\n```\nopen")
    #expect(value["turns"]?.array?[2]["usage"]?["completion_tokens"]?.int == 4)
    #expect(value["end"]?["reason"] == "error")
    #expect(text.hasPrefix("{\n  \"header\": {\n    \"id\": \"0c5f2a\",\n    \"created\":"))
    let keys = ["\"header\"", "\"preambles\"", "\"turns\"", "\"events\"", "\"end\""]
    let places = try keys.map { try #require(text.firstRange(of: "\n  \($0): ")).lowerBound }
    #expect(places == places.sorted())
  }

  @Test func theListOfTrialsLeadsToTheirPages() {
    let end = Transcript.End(reason: .maxTurns, turns: 30, characters: 12345, usage: .zero, milliseconds: 1)
    let page = String(
      decoding: GalleryPage.render(
        experiment: "bliss <1>",
        rows: [
          .init(
            trial: "a-1", page: "trials/a 1?#:x.html", condition: ["model": "m<1>", "t": 0.5], repeat: 1,
            end: end),
          .init(trial: "a-2", page: nil, condition: ["model": "m2", "extra": true], repeat: 2),
        ], program: "resonant 0.1"), as: UTF8.self)
    #expect(page.contains("<a href=\"./trials/a%201%3F%23%3Ax.html\"><bdi>a-1</bdi></a>"))
    #expect(
      page.contains("<th>model</th><th class=\"right\">t</th><th>extra</th><th class=\"right\">Repeat</th>"))
    #expect(
      page.contains(
        "<td><bdi>m&lt;1&gt;</bdi></td><td class=\"right\"><bdi>0.5</bdi></td><td><bdi></bdi></td>"))
    #expect(page.contains("turn limit reached") && page.contains("12,345") && page.contains("not finished"))
    #expect(page.contains("2 trials · 1 done · 0 failed · 1 not finished"))
    #expect(!page.contains("States by turn"))
  }

  @Test func theListOfTrialsBeginsWithWhatBecameOfThem() {
    var settings = AnalysisSettings()
    settings.measuresStates = true
    let course = Texts.measures(
      Texts.different(3) + [String](repeating: Texts.letters(1), count: 5), condition: "model=m", settings)
    var row = GalleryPage.Row(trial: "a-1", page: nil, condition: ["model": "m"], repeat: 1)
    row.course = course
    let analysis = Analysis([course], settings)
    let bytes = GalleryPage.render(
      experiment: "bliss", rows: [row, .init(trial: "a-2", page: nil, condition: ["model": "m"], repeat: 2)],
      finding: AnalysisFinding(analysis), program: "resonant 0.1")
    let page = String(decoding: bytes, as: UTF8.self)
    #expect(Markup.problems(page) == [])
    #expect(
      page.contains(
        "<p class=\"finding\">The one conversation converged: it ends in a loop of the same texts"))
    let cells = Markup.cells(page, table: "trials")
    #expect(cells[0] == ["a-1", "m", "1", "···" + "·vvvv", "same texts", "4", "not finished", "0", "0", ""])
    #expect(cells[1][3...5] == ["", "–", "–"])
  }
}

struct WordingTests {
  @Test func numbersHaveACommaAfterEveryThreeDigits() {
    #expect(
      [0, 999, 1000, 1_234_567, -1000].map(Wording.grouped) == ["0", "999", "1,000", "1,234,567", "-1,000"])
  }

  @Test func durationsHaveTheUnitThatFits() {
    #expect(
      [999, 1000, 59_999, 60_000, 3_600_000].map(Wording.duration)
        == ["999 ms", "1.0 s", "59.9 s", "1 min 0 s", "1 h 0 min"])
  }
}
