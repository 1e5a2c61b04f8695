// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct WordTests {
  private func counts(_ text: String, _ words: String...) throws -> [Int] {
    WordUses([text], try WordList(words)).words
  }

  @Test func wordsAreWholeAndCaseDoesNotMatter() throws {
    #expect(try counts("Love, LOVE and lovely gloves: love_love love2love", "love") == [6])
    #expect(try counts("glove lovely", "love") == [0])
  }

  @Test func apostrophesJoinInside() throws {
    #expect(try counts("Don't don\u{2019}t 'don't' don''t don' t", "don't", "don", "t") == [3, 2, 2])
  }

  @Test func canonicallyEquivalentWordsAreOne() throws {
    #expect(try counts("\u{E9}t\u{E9} e\u{301}te\u{301} ÉTÉ \u{301}ete", "été", "ete") == [3, 1])
    #expect(try counts("\u{212A}ey", "key") == [1])
  }

  @Test func theListHasEachWordOnce() throws {
    #expect(try WordList(["Unity", "unity", "don\u{2019}t"]).words == ["unity", "don't"])
    #expect(WordList.usual.words.count == 11)
  }

  @Test(arguments: [["two words"], ["self-aware"], [""], [], ["1"]])
  func whatIsNoWordIsRefused(words: [String]) {
    #expect(throws: InvalidValue.self) { try WordList(words) }
  }

  @Test(
    arguments: [
      ("Thanks 🙏🙏 ✨", ["🙏", "🙏", "✨"]), ("❤ ❤️", ["❤️"]), ("1 1️⃣ # ©", ["1️⃣"]),
      ("👩‍🚀👍🏽🇯🇵x🙏y", ["👩‍🚀", "👍🏽", "🇯🇵", "🙏"]), ("☯☯️ — “…”", ["☯️"]),
    ])
  func emojiAreWholeGraphemes(text: String, expected: [String]) {
    #expect(Emoji.all(in: text).map(String.init) == expected)
  }

  @Test func theMostUsedEmojiAreTold() throws {
    let many = "🌀🌁🌂🌃🌄🌅🌆🌇🌈🌉🌊"
    let analysis = Analysis(
      [
        Texts.measures([many, "🌊 love"], path: "a", condition: "x"),
        Texts.measures(["🌊🌊🌊"], path: "b", condition: "y"),
      ],
      AnalysisSettings())
    let all = try #require(analysis.emoji.first)
    #expect(all.condition == nil)
    // Ten of eleven; equally frequent ones by their code points.
    #expect(all.uses.map(\.text).joined() == "🌊🌀🌁🌂🌃🌄🌅🌆🌇🌈")
    #expect(all.uses.first == WordStatistics("🌊", counts: [2, 3]))
    #expect(analysis.emoji.map(\.condition) == [nil, "x", "y"])
    let love = try #require(analysis.words.first?.uses.first { $0.text == "love" })
    #expect((love.mean, love.share, love.most) == (0.5, 0.5, 1))
  }
}
