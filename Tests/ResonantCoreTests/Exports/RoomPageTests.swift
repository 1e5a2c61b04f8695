// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct RoomPageTests {
  private let page = HTMLPage.plain(Sample.room)

  private func article(_ number: Int, of page: String) throws -> Substring {
    let start = try #require(page.firstRange(of: "<article id=\"turn-\(number)\"")).lowerBound
    let end = try #require(page[start...].firstRange(of: "</article>")).upperBound
    return page[start..<end]
  }

  private func header(_ page: String) throws -> Substring {
    page[..<(try #require(page.firstRange(of: "</header>")).lowerBound)]
  }

  @Test func theTopTellsWhatTheRoomIsAboutAndWhoIsInIt() throws {
    let header = try header(page)
    #expect(header.contains("<title>Room: What is a city for?</title>"))
    #expect(header.contains("<h1>Room: What is a city for?</h1>"))
    #expect(header.contains("A room of 3 models and a person · 7 turns · 2026-11-21 01:47 UTC"))
    #expect(header.contains("<dt class=\"s0\"><bdi>Ada</bdi></dt><dd title=\"org/ada\">"))
    #expect(header.contains("<dt class=\"s3\"><bdi>human</bdi></dt><dd title=\"a person\">"))
    #expect(header.contains("<bdi>Moderator</bdi></dt><dd title=\"judge at builtin:\">"))
    #expect(!header.contains("class=\"topic\""))
  }

  @Test func aTopicOfManyLinesIsShownWholeBelowItsFirst() throws {
    var transcript = Sample.room
    transcript.header.topic = "\n  A village\n\non <Mars>"
    let header = try header(HTMLPage.plain(transcript))
    #expect(header.contains("<h1>Room: A village</h1>"))
    #expect(header.contains("<details class=\"topic\" open><summary>Topic</summary>"))
    #expect(header.contains("on &lt;Mars&gt;</div>"))
    transcript.header.topic = String(repeating: "x", count: 200)
    #expect(
      HTMLPage.plain(transcript).contains("<title>Room: \(String(repeating: "x", count: 120))…</title>"))
    transcript.header.topic = nil
    #expect(HTMLPage.plain(transcript).contains("<title>Room: 3 models and a person</title>"))
  }

  @Test func introductionsAndPromptsAreFoldedAtTheTopAndNotBetweenTheTurns() throws {
    let header = try header(page)
    #expect(header.contains("<details class=\"bios\"><summary>2 introductions</summary>"))
    #expect(
      header.contains(
        "<dt class=\"s0\"><bdi>Ada</bdi></dt><dd><div class=\"plain\" dir=\"auto\">Ada, a sceptic."))
    #expect(header.contains("<details class=\"prompts\"><summary>3 system prompts</summary>"))
    #expect(page.ranges(of: "Ada, a sceptic.").count == 1)
    #expect(page.contains("<aside class=\"event error\"><p>No introduction of Ben: HTTP 503</p></aside>"))
  }

  @Test(arguments: [
    (1, "Chosen by vote: 2 for Ada, 1 for nobody."),
    (3, "Chosen by the person."), (4, "Chosen by the moderator."), (5, "Interrupted the speaker before."),
  ])
  func aTurnSaysWhyItIsThatOnes(number: Int, reason: String) throws {
    #expect(try article(number, of: page).contains("<p class=\"reason\">\(reason)</p>"))
  }

  @Test func aChoiceThatFailedIsNoReasonForTheTurnOfAnother() throws {
    #expect(try !article(6, of: page).contains("class=\"reason\""))
    // The turn before tells that its speaker asked for this one.
    #expect(try !article(2, of: page).contains("class=\"reason\""))
    #expect(try !article(7, of: page).contains("class=\"reason\""))
    #expect(page.contains("<p>Ben was to speak next, but nobody speaks twice in a row.</p>"))
  }

  @Test func whoPassedHasOneQuietLine() throws {
    let passed = try article(3, of: page)
    #expect(passed.hasPrefix("<article id=\"turn-3\" class=\"passed s1\">"))
    #expect(
      passed.contains("(passed)") && !passed.contains("class=\"foot\"") && !passed.contains("class=\"body\""))
    #expect(!passed.contains("skip"))
  }

  @Test func anInterruptionIsADashAndTheModeratorsNote() throws {
    let interrupted = try article(4, of: page)
    #expect(interrupted.contains("<div class=\"plain\" dir=\"auto\">The towers of—</div>"))
    #expect(!interrupted.contains("Interrupted:"))
    #expect(
      page.contains("</article>\n<aside class=\"moderator\"><p>Moderator: Ada interrupted Cai.</p></aside>\n")
    )
    #expect(page.ranges(of: "interrupted Cai").count == 1)
    // Nobody in the room cut this one.
    let cut = try article(7, of: page)
    #expect(cut.contains("(interrupted)") && cut.contains("Interrupted: the turn was cut"))
  }

  @Test func callsStandInTheTurnOneAsALineMoreFolded() throws {
    #expect(try article(1, of: page).contains("<p class=\"note\">Ada asks for human to speak next.</p>"))
    let calls = try article(5, of: page)
    #expect(calls.contains("<details class=\"calls\"><summary>2 tool calls</summary><ul>"))
    #expect(calls.contains("<li>Ada sets triggers: “towers”, “1900”.</li>"))
    #expect(
      calls.contains(
        "<li>Ada calls search {&quot;q&quot;:&quot;towers&quot;}: ignored, there is no such tool.</li>"))
  }

  @Test func whatHappensBetweenTheTurnsIsThereInOrder() throws {
    let sentences = [
      "Word limit: 50.", "id=\"turn-1\"", "id=\"turn-5\"", "Error of Cai: HTTP 429", "id=\"turn-6\"",
      "Error of Ben: the stream ended", "Rewound to turn 6: what came after it no longer counts.",
      "The word limit is lifted.", "Held: 3 turns in a row failed", "id=\"turn-7\"", "Ended: quit",
      "2 checks of the moderator",
    ]
    let places = try sentences.map { try #require(page.firstRange(of: $0)).lowerBound }
    #expect(places == places.sorted())
    #expect(!page.contains("529"))
  }

  @Test func checksAreATableAtTheEnd() throws {
    let table = page[try #require(page.firstRange(of: "<details class=\"table checks\">")).lowerBound...]
    #expect(table.contains("<td class=\"right\">1</td><td class=\"right\"><a href=\"#turn-4\">4</a></td>"))
    #expect(table.contains("<li class=\"s0\"><b><bdi>Ada 9</bdi></b>: <bdi>towers are praised</bdi></li>"))
    #expect(table.contains("<bdi>Ben no score</bdi>") && table.contains("none <em>too late</em>"))
    var strict = Sample.room
    strict.header.settings["party"] = ["interrupt_threshold": 10, "moderator": "judge"]
    #expect(HTMLPage.plain(strict).contains("<li class=\"s0\"><bdi>Ada 9</bdi>:"))
    strict.events.removeAll { $0.kind == "check" }
    #expect(!HTMLPage.plain(strict).contains("checks of the moderator"))
  }

  @Test func aPageThatGrowsIsThePageOfTheWhole() {
    let whole = Sample.room
    var growing = HTMLPage()
    for count in 0...whole.turns.count {
      var part = whole
      part.turns.removeLast(whole.turns.count - count)
      part.end = nil
      // The state in which an observer hears of the turn: what the speaker did besides speaking comes later.
      part.events.removeAll { $0.after >= count }
      _ = growing.render(part)
    }
    #expect(String(decoding: growing.render(whole), as: UTF8.self) == page)
  }

  @Test func theCurvesOfManySpeakersSayWhoIsWho() {
    var transcript = Sample.room
    transcript.turns = (1...12).map { Sample.turn($0, ["Ada", "Ben", "Cai"][$0 % 3], "Word \($0).") }
    transcript.events = []
    #expect(
      HTMLPage.plain(transcript).contains(
        "<ul class=\"legend\"><li class=\"s0\"><bdi>Ada</bdi></li><li class=\"s1\"><bdi>Ben</bdi></li>"))
    transcript.turns = (1...12).map { Sample.turn($0, ["Ada", "Ben"][$0 % 2], "Word \($0).") }
    #expect(!HTMLPage.plain(transcript).contains("<ul class=\"legend\">"))
  }

  /// Every text that a model, a person or a server has a hand in.
  @Test func nothingInARoomIsMarkup() {
    let page = HTMLPage.plain(
      Sample.hostileRoom("</p></aside></details><script>x</script><b class=\"owned\" id='y'>"))
    #expect(page.ranges(of: "&lt;script&gt;").count >= 20)
    #expect(!page.contains("<script") && !page.contains("<b class") && !page.contains("'y'"))
    #expect(page.ranges(of: "<aside").count == page.ranges(of: "</aside>").count)
    #expect(page.ranges(of: "<details").count == page.ranges(of: "</details>").count)
  }
}
