// SPDX-License-Identifier: MIT

@testable import ResonantCore

/// A conversation of builtin models without anything around it.
struct SelfPlay {
  var models: [String]
  var seed: UInt64 = 1

  /// The opening and what the models then say in turn.
  func texts(turns: Int, opening: String = "Hello!") async throws -> [String] {
    let models = try models.map { try BuiltinModel.make($0, participant: "Ada") }
    var texts = [opening]
    while texts.count < turns {
      let speaker = texts.count % models.count
      let request = request(after: texts, speaker: speaker, of: models.count)
      let live = LiveReply()
      _ = try await models[speaker].reply(to: request, in: Attempt(live))
      texts.append(live.text)
    }
    return texts
  }

  func request(after texts: [String], speaker: Int, of count: Int) -> ModelRequest {
    let messages = texts.enumerated().map { index, text in
      Message(index % count == speaker ? .assistant : .user, text)
    }
    var generator = SplitMix64(seed: seed, turn: texts.count + 1)
    return ModelRequest(
      turn: texts.count + 1, system: nil, messages: messages, seed: generator.next(),
      ownTurns: texts.indices.dropFirst().count { $0 % count == speaker })
  }
}
