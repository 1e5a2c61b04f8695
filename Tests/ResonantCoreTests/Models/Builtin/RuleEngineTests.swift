// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct RuleEngineTests {
  @Test(
    arguments: [["eliza", "parry"], ["parry", "eliza"], ["eliza", "eliza"], ["parry", "parry"]], 1...12)
  func thirtyTurnsDoNotGoInCircles(models: [String], seed: Int) async throws {
    let texts = try await SelfPlay(models: models, seed: UInt64(seed)).texts(turns: 30)
    #expect(Set(texts).count >= 27)
    for (earlier, later) in zip(texts, texts.dropFirst()) { #expect(earlier != later) }
    #expect(texts.allSatisfy { !$0.isEmpty && !$0.contains("{") && !$0.contains("  ") })
  }

  @Test func theSameSeedGivesTheSameConversation() async throws {
    let first = try await SelfPlay(models: ["eliza", "parry"], seed: 7).texts(turns: 40)
    let again = try await SelfPlay(models: ["eliza", "parry"], seed: 7).texts(turns: 40)
    let other = try await SelfPlay(models: ["eliza", "parry"], seed: 8).texts(turns: 40)
    #expect(first == again)
    #expect(first != other)
  }

  @Test func aTurnFollowsFromItsRequestAloneInWhateverOrderItIsAsked() async throws {
    let play = SelfPlay(models: ["eliza", "parry"], seed: 3)
    let texts = try await play.texts(turns: 20)
    for index in (1..<20).reversed() {
      let model = try BuiltinModel.make(play.models[index % 2], participant: "x")
      let live = LiveReply()
      _ = try await model.reply(
        to: play.request(after: Array(texts[..<index]), speaker: index % 2, of: 2), in: Attempt(live))
      #expect(live.text == texts[index])
    }
  }

  @Test func namesInFrontOfMessagesAreNotAnswered() throws {
    func reply(_ text: String) -> String {
      let request = ModelRequest(turn: 2, system: nil, messages: [Message(.user, text)], seed: 5)
      var engine = RuleEngine(script: .eliza, request: request)
      return engine.reply()
    }
    #expect(reply("[Mother]: I am afraid.") == reply("I am afraid."))
  }

  @Test func somebodyWhoHeardNothingBegins() {
    for script in [RuleScript.eliza, .parry] {
      var engine = RuleEngine(script: script, request: ModelRequest(turn: 1, system: nil, messages: []))
      #expect(script.greetings.contains(engine.reply()))
    }
  }

  @Test func longAndStrangeInputIsAnswered() {
    let inputs = [
      String(repeating: "my because you are always ", count: 4000), String(repeating: "? ", count: 9000),
      "\u{0}", "🙂",
      "]: [", "[x]: ", "{1} {2}",
    ]
    for input in inputs {
      let request = ModelRequest(turn: 1, system: nil, messages: [Message(.user, input)])
      var engine = RuleEngine(script: .eliza, request: request)
      #expect(!engine.reply().isEmpty)
    }
  }

  @Test(arguments: [
    ("I am afraid of you", "you are afraid of me"), ("you are my friend", "I am your friend"),
    ("what you said to me", "what I said to you"), ("I was mine and yourself", "you were yours and myself"),
    ("Vienna in my dreams", "Vienna in your dreams"),
  ])
  func wordsAreTurnedToTheOtherSide(words: String, reflected: String) {
    #expect(RuleText.reflected(words.split(separator: " ").map(String.init)) == reflected)
  }

  @Test func clausesAreWordsWithoutPunctuation() {
    #expect(
      RuleText.clauses("Well, I’m here. DON'T ask; it's (really) late!") == [
        ["well"], ["I", "am", "here"], ["don't", "ask"], ["it", "is"], ["really"], ["late"],
      ])
  }

  @Test func aStarTakesAnyWords() {
    let pattern = RuleScript.Rule(1, "* i need|want *", []).pattern
    #expect(RuleText.match(["so", "I", "want", "it", "all"][...], pattern[...]) == [["so"], ["it", "all"]])
    #expect(RuleText.match(["I", "need"][...], pattern[...]) == [[], []])
    #expect(RuleText.match(["I", "needed", "it"][...], pattern[...]) == nil)
  }

  @Test func insultsAngerThePatientAndTimeCalmsHim() {
    let temper = RuleScript.parry.temper
    #expect(temper.mood(after: [["hello"]]).tone == .calm)
    #expect(temper.mood(after: [["you", "are", "crazy"]]).tone == .angry)
    #expect(temper.mood(after: [["crazy"]] + Array(repeating: ["fine"], count: 8)).tone == .calm)
  }
}
