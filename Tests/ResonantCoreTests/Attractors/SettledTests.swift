// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct NormalisedTextTests {
  @Test func caseWhiteSpaceAndFormatCharactersDoNotMatter() {
    let text = NormalisedText(" Ein\u{00AD}e\tTÜR \u{2003}\r\n der\u{FE0F} Straße\u{200B} ")
    #expect(String(decoding: text.bytes, as: UTF8.self) == "eine tür der straße")
    #expect(text.letters == 16)
  }

  @Test func aScalarWhoseLowerCaseIsSeveralStaysWhole() {
    #expect(NormalisedText("İ").bytes == Array("i\u{307}".utf8))
  }

  @Test func onlyLettersAndNumbersCountAsLetters() {
    #expect(NormalisedText("a1 ½ 日 🙏 — !").letters == 4)
    #expect(NormalisedText(" \u{200D} ").bytes.isEmpty)
  }
}

struct GramsTests {
  @Test func aShortTextIsItsOnlyGramAndEqualsNoLongerOne() {
    #expect(Grams(NormalisedText("abcd")).sorted.count == 1)
    #expect(Grams(NormalisedText("")).sorted.count == 1)
    #expect(Grams(NormalisedText("abcd")).similarity(to: Grams(NormalisedText("abcde"))) == 0)
    #expect(Grams(NormalisedText("")).similarity(to: Grams(NormalisedText(" "))) == 1)
  }

  @Test func similarityIsSharedGramsOverAllGrams() {
    // abcde bcdef cdefg against bcdef cdefg defgh
    #expect(Grams(NormalisedText("abcdefg")).similarity(to: Grams(NormalisedText("bcdefgh"))) == 0.5)
  }

  @Test func noveltyIsTheShareThatNoEarlierTurnHas() {
    var history = GramHistory()
    #expect(history.next("abcdefg").novelty == 1)
    #expect(history.next("ABCDEFG").novelty == 0)
    #expect(history.next("bcdefgh").novelty == 1.0 / 3)
  }

  @Test func theHistoryKnowsSimilaritiesToSixTurnsBefore() {
    var history = GramHistory()
    #expect(history.next("abcdefg").similarities == [])
    #expect(history.next("bcdefgh").similarities == [0.5])
    #expect(history.next("").similarities == [0, 0])
    #expect(history.next("abcdefg abcdefg").similarities == [0, 2.0 / 9, 3.0 / 8])
    for _ in 0..<3 { _ = history.next("something else") }
    // Seven turns before was the first one, which is forgotten; six before, "bcdefgh".
    #expect(history.next("bcdefgh").similarities == [0, 0, 0, 2.0 / 9, 0, 1])
  }

  @Test func theHistoryAgreesWithTheSetsOfGrams() {
    var random = SplitMix64(seed: 4)
    let texts = (0..<60).map { _ in
      NormalisedText(
        String((0..<random.index(below: 90)).map { _ in "abc é".randomElement(using: &random) ?? "a" }))
    }
    var history = GramHistory()
    for (turn, text) in texts.enumerated() {
      let expected = (1...6).filter { $0 <= turn }.map { Grams(text).similarity(to: Grams(texts[turn - $0])) }
      #expect(history.next(text).similarities == expected)
    }
  }
}

struct SettledTests {
  private let long = [
    "The tide comes in over the flat sand and fills each of the channels that the morning left behind it.",
    "Far out a bell buoy rings whenever the swell lifts it, and the gulls answer from the roof of the old mill.",
    "Somebody has painted the boat shed green, which no one who lives here would have thought to do by himself.",
    "When evening falls they count the masts, and there is always one more of them than there are captains.",
  ]

  @Test func textsThatGoOnDifferingHaveNotSettled() {
    let texts = (0..<12).map {
      "\(long[$0 % 4]) It was the \(String(repeating: "\($0)", count: 90)). \(long[($0 / 4 + $0) % 4])"
    }
    #expect(Attractors.settled(texts) == nil)
  }

  @Test(arguments: 1...4)
  func equalTextsAgainAndAgainAreALoopOfThatPeriod(period: Int) {
    let loop = (0..<9 + period).map { long[$0 % period] }
    #expect(
      Attractors.settled(["Something else entirely opens this conversation today."] + loop)
        == .verbatim(period: period))
  }

  @Test func aChangedWordIsStillTheSameText() {
    let text = long.joined(separator: " ")
    let texts = (0..<7).map { "\(text) \($0)" }
    #expect(Attractors.settled(texts) == .verbatim(period: 1))
  }

  @Test func aFewLettersATurnAreSilenceBeforeAnyLoop() {
    #expect(Attractors.settled(long + ["…", "🙏", "Peace.", "…", "🙏", "Peace."]) == .minimal)
    #expect(Attractors.settled(long + long + long) == .verbatim(period: 4))
  }

  @Test func fourOfTheLastSixTurnsMakeSilenceNotThree() {
    #expect(Attractors.settled(long + [long[0], "a", long[1], "b", "c", "d"]) == .minimal)
    #expect(Attractors.settled(long + [long[0], "a", long[1], "b", long[2], "d"]) == nil)
  }

  @Test func nothingHasSettledBeforeSixTurns() {
    #expect(Attractors.settled(["a", "b", "c", "d", "e"]) == nil)
    #expect(Attractors.settled(["a", "b", "c", "d", "e", "f"]) == .minimal)
  }

  @Test func wordSoupIsNeitherLoopNorSilence() {
    let soup = String(repeating: "love and light and ", count: 40)
    #expect(Attractors.settled(Array(repeating: soup, count: 8)) == nil)
    #expect(Attractors.settled(Array(repeating: String(repeating: "🙏", count: 200), count: 8)) == nil)
  }

  @Test func theLastTwelveTurnsDecideAsAllWould() throws {
    var random = SplitMix64(seed: 9)
    var settled = 0
    for _ in 0..<300 {
      let texts = (0..<random.index(below: 30)).map { turn in
        turn < 8 ? Texts.letters(turn) : random.index(below: 3) == 0 ? "…" : Texts.letters(turn % 4)
      }
      let label = Attractor(TurnMeasures(texts), Thresholds())
      let expected: Settled? =
        switch label?.label {
        case .verbatim where texts.count >= 6: .verbatim(period: label?.period ?? 0)
        case .minimal where texts.count >= 6: .minimal
        default: nil
        }
      #expect(Attractors.settled(texts) == expected)
      settled += expected == nil ? 0 : 1
    }
    #expect(settled > 10)
  }

  @Test func theCompressedSizeIsZlibsHeaderAndChecksumIncluded() {
    // python3: len(zlib.compress(b"a" * 1000, 6))
    let deflate = Deflate()
    #expect(deflate.zlibSize([UInt8](repeating: 0x61, count: 1000)) == 17)
    #expect(deflate.zlibSize([]) == 8)
  }
}
