// SPDX-License-Identifier: MIT

/// `conversations.json` of attractor-states: `{"model", "conversations": [{"seed_prompt", "full_conversation":
/// [{"speaker", "content"}], …}]}`. A conversation of two models has `model_a` and `model_b`, in itself or in the
/// file; `content_clean` is a content without reasoning. The histories beside it repeat all texts.
enum AttractorStates {
  /// Whether a file has the name that these files have.
  static func isName(of path: String) -> Bool { path.split(separator: "/").last == "conversations.json" }

  /// The keys of facts about a conversation, or about all of a file.
  private static let keys: Set = ["seed_prompt", "model", "model_a", "model_b", "revision"]

  /// Where the conversations are, if the file has the form.
  static func conversations(_ file: JSONScanner.Parts, _ bytes: [UInt8]) -> JSONScanner.Parts? {
    guard let place = file["conversations"] ?? file.unfinished("conversations", in: bytes, upTo: bytes.count),
      let list = JSONScanner.parts(of: bytes, in: place), list.keys.isEmpty
    else { return nil }
    let all = list.values.prefix(JSONForm.mostLooked) + (list.cut.map { [$0..<bytes.count] } ?? [])
    let isKnown = all.contains {
      JSONScanner.parts(of: bytes, in: $0)?.keys.contains("full_conversation") == true
    }
    return isKnown ? list : nil
  }

  /// What holds for all conversations of a file.
  static func common(_ file: JSONScanner.Parts, _ bytes: [UInt8]) -> JSONObject {
    read(file, bytes).filter { $0.key != "seed_prompt" }
  }

  private static func read(_ parts: JSONScanner.Parts, _ bytes: [UInt8]) -> JSONObject {
    var object: JSONObject = [:]
    for (key, range) in zip(parts.keys, parts.values) where keys.contains(key) {
      object[key] = try? JSONValue.parse(bytes[range], syntax: .wire)
    }
    return object
  }

  static func conversation(
    _ bytes: [UInt8], in range: Range<Int>, common: JSONObject
  ) throws(ForeignProblem) -> ForeignConversation {
    guard let parts = JSONScanner.parts(of: bytes, in: range), let place = parts["full_conversation"] else {
      throw ForeignProblem("has no full_conversation")
    }
    let turns = try ForeignProblem.parse(bytes, place)
    guard let turns = turns.array else {
      throw ForeignProblem("has a full_conversation that is \(turns.kind), no list")
    }
    let facts = common.merging(read(parts, bytes)) { _, own in own }
    var conversation = ForeignConversation()
    for turn in ForeignMessage.all(turns) {
      let speaker = try turn.speaker("speaker")
      let isClean = turn["content_clean"].map { !$0.isNull || turn["content"] == nil } ?? false
      conversation.say(try turn.text(isClean ? "content_clean" : "content"), by: speaker)
      if let model = turn["model"]?.string { conversation.describe(speaker, model: model) }
    }
    for (name, key) in zip(Array(conversation.participants.keys), ["model_a", "model_b"]) {
      conversation.describe(name, model: (facts[key] ?? facts["model"])?.string)
    }
    // The second model may not have spoken yet.
    if conversation.participants.count == 1, let model = facts["model_b"]?.string {
      conversation.describe("model_b", model: model)
    }
    conversation.settings = facts.filter { ["seed_prompt", "revision"].contains($0.key) && !$0.value.isNull }
    // In role play the seed is the first turn; else only the first speaker is given it.
    if let seed = facts["seed_prompt"]?.string, let first = conversation.turns.first, first.text != seed {
      conversation.precede(first.speaker, with: seed)
    }
    return conversation
  }
}
