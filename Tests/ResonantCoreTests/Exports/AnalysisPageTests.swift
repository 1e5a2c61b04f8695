// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

/// The report of an analysis.
struct AnalysisPageTests {
  private static var settings: AnalysisSettings {
    var settings = AnalysisSettings()
    settings.measuresStates = true
    settings.measuresRecurrence = true
    return settings
  }

  private static let loop = [String](repeating: Texts.letters(1), count: 5)

  private static func measures(
    _ texts: [String], _ path: String, _ condition: String = "", injected: Int? = nil
  ) -> ConversationMeasures {
    Texts.measures(texts, path: path, condition: condition, injected: injected, settings)
  }

  private static func page(_ conversations: [ConversationMeasures]) -> String {
    let page = AnalysisPage(Analysis(conversations, settings), program: "resonant 0")
    return String(decoding: page.render(), as: UTF8.self)
  }

  /// Conversations of every kind in three conditions, with a duplicate and an empty one.
  private static let mixed: [ConversationMeasures] = {
    let texts: [[String]] = [
      Texts.different(3) + loop, Texts.different(9, from: 200),
      Texts.different(4, from: 300) + ["a", "b", "c", "d"],
      Texts.different(3) + loop, [], Texts.different(2, from: 400) + (1...6).map { Texts.variant(5, $0) },
      Texts.different(7, from: 500) + loop,
    ]
    return texts.enumerated().map { measures($1, "t/\($0).jsonl", ["x", "y", "z=<1>"][$0 % 3]) }
      + [measures(Texts.different(2, from: 900) + loop + ["No!"] + loop, "t/fork.jsonl", "x", injected: 8)]
  }()

  @Test func theNumbersOfEachConversationAreThoseOfTheTable() throws {
    let analysis = Analysis(Self.mixed, Self.settings)
    let page = Self.page(Self.mixed)
    #expect(Markup.problems(page) == [])
    let rows = String(decoding: AnalysisTSV.document(of: analysis), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    let figures = page.split(separator: "<details class=\"conversation\">").dropFirst()
    #expect(figures.count == rows.count - 1 && rows.count == 9)
    for (row, figure) in zip(rows.dropFirst(), figures) {
      let values = figure.matches(of: /<dt>([a-z_]+)<\/dt><dd>(.*?)<\/dd>/).prefix(rows[0].count)
      #expect(values.map { String($0.1) } == rows[0])
      #expect(values.map { Markup.text(String($0.2)) } == row.map { $0.isEmpty ? "–" : $0 })
    }
    let table = Markup.cells(page, table: "conversations")
    for (row, cells) in zip(rows.dropFirst(), table) {
      let column = { (name: String) in zip(rows[0], row).first { $0.0 == name }?.1 ?? "" }
      #expect(cells[1...3] == [column("path"), column("condition"), column("turns")])
      #expect(cells[7] == (column("onset").isEmpty ? "–" : column("onset")))
    }
  }

  @Test func theNumbersOfTheTablesAreThoseOfTheJSON() throws {
    // Enough in two of the three conditions that they are compared.
    let more = (0..<6).map { index in
      Self.measures(
        Texts.different(8, from: 2_000 + 10 * index) + ["word"], "t/more \(index)", ["x", "z=<1>"][index % 2])
    }
    let page = Self.page(Self.mixed + more)
    let json = try DecodedJSON.parse(AnalysisJSON.document(of: Analysis(Self.mixed + more, Self.settings)))
    let percent = { (value: JSONValue?) in value?.double.map { Decimals.text(100 * $0, 1) } ?? "–" }
    // An interval without width is none.
    let ends = { (interval: JSONValue?) in
      ["low", "high"].map { interval?["low"] == interval?["high"] ? "–" : percent(interval?[$0]) }
    }
    let decimals = { (value: JSONValue?) in value?.double.map { Decimals.text($0, 3) } ?? "–" }
    let conditions = try #require(json["conditions"]?.array)
    let expected = conditions.map { condition in
      [
        condition["condition"]?.string ?? "", condition["conversations"]?.jsonText ?? "",
        condition["duplicates"]?.jsonText ?? "", percent(condition["converged"]?["rate"]),
      ] + ends(condition["converged"]) + [
        condition["onset_median"]?.int.map(String.init) ?? "–", percent(condition["loop_share"]),
        percent(condition["escape_share"]), decimals(condition["tail_novelty"]),
        decimals(condition["between_similarity"]),
      ]
    }
    #expect(Markup.cells(page, table: "conditions") == expected)
    #expect(
      Markup.cells(page, table: "labels-table")
        == conditions.map { condition in
          [condition["condition"]?.string ?? ""]
            + AttractorLabel.allCases.map { percent(condition["labels"]?[$0.rawValue]) }
        })
    let differences = try #require(json["differences"]?.array)
    #expect(
      Markup.cells(page, table: "differences")
        == differences.filter { $0["a"] != "y" && $0["b"] != "y" }.map { difference in
          [difference["a"]?.string ?? "", difference["b"]?.string ?? "", percent(difference["difference"])]
            + ends(difference)
        })
    #expect(differences.count == 3)
    #expect(page.contains("Not compared, with fewer than 5 different conversations: y (1)."))
    #expect(page.contains("10 more words are in no conversation."))
    let words = json["words"]?.array?.filter { $0["condition"] == .null } ?? []
    #expect(
      Markup.cells(page, table: "uses")
        == words.filter { $0["max"] != 0 }.map {
          [
            "all", $0["word"]?.string ?? "", decimals($0["mean"]),
            $0["percent"]?.double.map { Decimals.text($0, 1) } ?? "", $0["max"]?.jsonText ?? "",
          ]
        })
    let persistence = json["forks"]?.array?.first?["persistence"]?.array ?? []
    #expect(!persistence.isEmpty)
    #expect(
      Markup.cells(page, table: "persistence")
        == persistence.map {
          [
            "x", "verbatim", "after the message", $0["k"]?.jsonText ?? "", $0["n"]?.jsonText ?? "",
            percent($0["share"]),
          ]
        })
  }

  /// Trials in a loop, forked after turn 8: some forks leave it, after the message more of them.
  private static let compared: [ConversationMeasures] = (0..<4).flatMap { trial in
    let begun =
      Texts.different(3, from: 1_000 * trial + 300) + [String](repeating: Texts.letters(trial), count: 5)
    let stay = [String](repeating: Texts.letters(trial), count: 6)
    let fork = { (arm: ForkArm, number: Int) in
      let isAway = number <= (arm == .control ? trial % 2 : 2)
      let first = arm == .control ? stay[0] : "No, \(number)!"
      return Texts.measures(
        begun + [first] + (isAway ? Texts.different(6, from: 9_000 + 100 * trial + 10 * number) : stay),
        path: "t/\(trial)\(ForkNumber(number, arm).suffix).jsonl",
        condition: arm == .control ? "x,perturb=control:onset" : "x,perturb=onset",
        fork: .init(arm, turn: 9, of: .init(id: "t/\(trial).jsonl", turn: 8), base: "x"), settings)
    }
    return [measures(begun + stay, "t/\(trial).jsonl", "x")]
      + (1...3).map { fork(.disturbed, $0) } + (1...3).map { fork(.control, $0) }
  }

  @Test func forksAreBesideThoseThatWentOnUndisturbed() throws {
    let page = Self.page(Self.compared)
    #expect(Markup.problems(page) == [])
    let json = try DecodedJSON.parse(AnalysisJSON.document(of: Analysis(Self.compared, Self.settings)))
    let percent = { (value: JSONValue?) in value?.double.map { Decimals.text(100 * $0, 1) } ?? "–" }
    let forks = try #require(json["forks"]?.array?.reversed())
    #expect(forks.map { $0["arm"] } == ["disturbed", "control"])
    #expect(
      Markup.cells(page, table: "forks")
        == forks.map { forks in
          ["x", "verbatim", forks["arm"] == "control" ? "undisturbed" : "after the message", "12", "4"]
            + [1, 2, 4, 8].map { step in
              percent(forks["persistence"]?.array?.first { $0["k"]?.int == step }?["share"])
            }
            + [
              forks["recovered"]?["n"]?.jsonText ?? "", percent(forks["recovered"]?["share"]),
              percent(forks["holds"]?["share"]),
            ]
        })
    let end = try #require(json["fork_differences"]?.array?.last)
    #expect(end["k"] == .null && end["trials"] == 4 && end["condition"] == "x" && end["label"] == "verbatim")
    #expect(end["disturbed"] == ["n": 12, "share": .double(1.0 / 3)])
    #expect(
      Markup.cells(page, table: "fork-differences") == [
        ["x", "verbatim", "4", "33.3", percent(end["control"]?["share"])]
          + ["difference", "low", "high"].map { percent(end[$0]) }
      ])
    #expect(page.matches(of: #/class="curve dashed"/#).count == 1)
    #expect(page.contains("(solid, dots: after the message; dashed, rings: undisturbed)"))
    let bars = OutcomeBars(finding: AnalysisFinding(Analysis(Self.compared, Self.settings))).html
    #expect(bars.contains("class=\"bar\"") && !bars.contains("perturb="))
    // The conditions of forks have neither bars nor differences.
    #expect(page.contains("perturb=control:onset") && !page.contains("Differences between conditions"))
    #expect(
      Markup.text(page).replacing("\u{A0}", with: " ").contains(
        "After the message 33 % of forks end in their state, against 83 % of those that went on undisturbed"
          + " (difference −50 points, 95 % interval"))
    #expect(page.contains("Forks (18, 6 of them undisturbed) count in their conditions, not in the whole."))
    #expect(page.contains("Of the duplicates, 6 count where forks are compared:"))
  }

  @Test func withoutUndisturbedForksThePageSaysHowToGetThem() {
    let page = Self.page(Self.mixed)
    #expect(Markup.text(page).contains("perturb.control in a plan makes them."))
    #expect(Markup.cells(page, table: "fork-differences") == [])
    let control = Self.page(Self.compared.filter { $0.source.fork?.arm != .disturbed })
    #expect(control.contains("perturb.inject in a plan makes forks after a message."))
  }

  @Test(arguments: [
    ([[]], "There is nothing to count: no conversation has a turn."),
    (
      [Texts.different(3) + loop],
      "The one conversation converged: it ends in a loop of the same texts of period 1 from turn 4 on."
    ),
    (
      [["Yes.", "No?", "Well, perhaps.", "Hm.", "So be it.", "Ah.", "Good."]],
      "The one conversation counts as converged: it has very short turns from the start."
    ),
    ([Texts.different(8)], "The one conversation did not converge: it goes on as a conversation."),
    ([Texts.different(8), Texts.different(8, from: 200)], "None of 2 conversations converged."),
    (
      [Texts.different(3) + loop, Texts.different(4, from: 300) + loop],
      "All 2 conversations converged: all of them into a loop of the same texts."
        + " By turn 4 half of all had converged."
    ),
    (
      [
        Texts.different(3) + loop, Texts.different(8, from: 300),
        Texts.different(4, from: 400) + ["a", "b", "c", "d"],
      ],
      "Of 3 conversations, 2 (67 %, 95 % interval 0 to 100 %) converged: equally often into very short turns "
        + "and a loop of the same texts (33 % of all each). By turn 5 half of all had converged."
    ),
  ])
  func theFindingIsOneSentence(texts: [[String]], sentence: String) {
    let conversations = texts.enumerated().map { Self.measures($1, "\($0)") }
    #expect(AnalysisFinding(Analysis(conversations, Self.settings)).headline == sentence)
    let page = Self.page(conversations)
    #expect(Markup.text(page).replacing("\u{A0}", with: " ").contains(sentence))
    #expect(Markup.problems(page) == [])
  }

  @Test func whatWasLeftOutIsTold() {
    let finding = AnalysisFinding(Analysis(Self.mixed, Self.settings))
    #expect(
      finding.remarks == [
        "Left out: 1 without turns.",
        "Forks with an injected message (1) count in their conditions, not in the whole.",
        "Not compared, with fewer than 5 different conversations: x (3), y (1) and z=<1> (2).",
        "Intervals of conditions with fewer than 10 conversations are too narrow.",
      ])
    #expect(
      finding.cautions == [
        "1 of 6 conversations is word for word like an earlier one (1 of 3 in x); equal conversations count once."
      ])
  }

  @Test func whereAllAreAlikeThereIsNoIntervalButAWarning() {
    let conversations = (0..<20).map { Self.measures(Texts.different(8, from: 100 * $0), "\($0)") }
    let finding = AnalysisFinding(Analysis(conversations, Self.settings))
    #expect(finding.remarks.first?.contains("up to about 15 % more") == true)
    #expect(!Self.page(conversations).contains("class=\"whisker\""))
  }

  @Test func ofManyConditionsTheFirstScreenHasThoseOfWhichMostConverge() throws {
    let conversations = (0..<100).map { index in
      Self.measures(
        Texts.different(3, from: 10 * index)
          + (index % 10 == 7 ? Self.loop : Texts.different(5, from: 10 * index + 3)),
        "\(index)", "condition \(index)")
    }
    let page = Self.page(conversations)
    let first = Markup.cells(page, table: "bars")
    #expect(first.count == 1 + OutcomeBars.most)
    #expect(first[0][0] == "all conversations" && first[0][2] == "10\u{A0}%")
    #expect(
      first[1...10].map { $0[0] } == (0..<10).map { $0 == 0 ? "condition 7" : "condition \($0)7" })
    #expect(page.contains("<summary>88 more conditions, of which as many or fewer converge</summary>"))
    #expect(Markup.cells(page, table: "conditions").count == 100)
  }

  @Test func moreConversationsThanAreDrawnAreTakenEvenlyAndThatIsTold() {
    let conversations = (0..<600).map { index in
      Self.measures([Texts.letters(index, 60)], String(index), index < 500 ? "many" : "few")
    }
    let page = Self.page(conversations)
    let drawn = page.matches(of: /<div id="conversation-(\d+)">/).count
    #expect(drawn == AnalysisPage.mostDrawn)
    #expect(page.contains("360 of 600 conversations are drawn, the first of each condition"))
    let few = page.split(separator: "<details class=\"conversation\">").dropFirst().filter {
      $0.contains("<bdi>few</bdi>")
    }
    #expect(few.count == 100)
    #expect(Markup.cells(page, table: "conversations").count == 600)
  }

  @Test func namesAreTextWhateverTheyHold() {
    let hostile =
      "</title><script>x</script>\u{202E}\u{1B}[31m\n\"'&" + String(repeating: "long", count: 3_000)
    let source = AnalysisSource(
      id: hostile, path: hostile + ".jsonl", model: hostile, condition: hostile, texts: Self.loop)
    let page = Self.page([ConversationMeasures(source, Self.settings), Self.measures(Self.loop + ["x"], "b")])
    #expect(Markup.problems(page) == [])
    #expect(!page.contains("<script") && !page.contains("\u{202E}") && !page.contains("\u{1B}"))
    let longest =
      page.split { $0 == "<" || $0 == ">" }.filter { $0.contains("longlong") }.map(\.count).max() ?? 0
    #expect((1...900).contains(longest))
  }

  @Test func conversationsLeadToTheirPages() {
    let analysis = Analysis([Self.measures(Self.loop, "runs/a b?#.jsonl")], Self.settings)
    let page = AnalysisPage(analysis, program: "resonant 0") { source in
      PageAddress.page(ofTranscript: source.path).map {
        PageAddress.relative($0, toPageAt: "runs/out/r.html")
      }
    }
    #expect(String(decoding: page.render(), as: UTF8.self).contains("href=\"./../a%20b%3F%23.html\""))
  }

  @Test(
    arguments: [
      ("/a/b/c.html", "/a/b/r.html", "c.html"), ("/a/c.html", "/a/b/r.html", "../c.html"),
      ("a/./b/../c.html", "r.html", "a/c.html"), ("/x/c.html", "/a/b/r.html", "../../x/c.html"),
    ])
  func addressesAreRelativeToThePage(path: String, page: String, address: String) {
    #expect(PageAddress.relative(path, toPageAt: page) == address)
  }

  @Test func aStripHasALetterForEachTurnAndInLongConversationsForSeveral() {
    let marks: [TurnMark] = [.none, .none, .verbatim, .verbatim, .minimal]
    #expect(Markup.text(StateStrip(marks: marks).text) == "··vvm")
    let long = [TurnMark](repeating: .none, count: 50) + [TurnMark](repeating: .template, count: 50)
    let strip = Markup.text(StateStrip(marks: long).text)
    #expect(strip == String(repeating: "·", count: 17) + String(repeating: "t", count: 17))
  }
}
