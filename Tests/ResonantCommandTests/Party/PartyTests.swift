// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// A room that goes on by itself: who is asked where, and what everybody reads.
struct PartyTests {
  @Test func twoProvidersHoldARoomThatOnlyModelsSpeakIn() async throws {
    let parlour = try await Parlour()
    let other = try await ScriptedServer { .openAI("c says \($0.number)".asPiece) }
    try parlour.directory.write(
      """
      // A comment, single quotes, and trailing commas.
      {
        providers: [
          { url: '\(parlour.server.url("/v1/"))', token: 'first-token', models: ['x/a', 'b.2',], },
          { url: "\(other.url("/v1/chat/completions"))", token: "${SECOND}", models: ["c"] },
        ],
        human_speaker: false, intros: false,
      }
      """, to: "config.json5")
    let ended = try await parlour.party(
      "--go", "--max-turns", "12", "--seed", "3", environment: ["SECOND": "second-token"])
    #expect(ended.exitCode == 0, "\(ended)")
    let written = try parlour.transcript()
    #expect(written.speakers.count == 12 && Set(written.speakers) == ["a", "b.2", "c"])
    #expect(zip(written.speakers, written.speakers.dropFirst()).allSatisfy { $0 != $1 })
    #expect(written.end?["reason"] == "max_turns")
    let requests = parlour.server.requests
    #expect(requests.allSatisfy { $0.path == "/v1/chat/completions" })
    #expect(requests.allSatisfy { $0.header("Authorization") == "Bearer first-token" })
    #expect(other.requests.allSatisfy { $0.header("authorization") == "Bearer second-token" })
    #expect(Set(requests.map(\.model)) == ["x/a", "b.2"] && Set(other.requests.map(\.model)) == ["c"])
    try judgeView(of: requests + other.requests, written)
  }

  /// The introduction has no name, others' messages have one, and own messages are `assistant`.
  private func judgeView(of requests: [RecordedRequest], _ written: WrittenTranscript) throws {
    let apiNames = ["a": "a", "b.2": "b-2", "c": "c"]
    for request in requests {
      let own = request.model == "x/a" ? "a" : request.model
      let heard = request.heard
      #expect(heard[0].hasPrefix("user: ") && heard[0].hasSuffix("\n\nT"))
      #expect(heard[0].contains("a, b.2 and c"))
      let count = heard.count - 1 - (heard.last?.hasPrefix("user: (") == true ? 1 : 0)
      let before = written.turns.prefix(count).map { turn in
        let (speaker, text) = (turn["speaker"]?.string ?? "", turn["text"]?.string ?? "")
        return speaker == own
          ? "assistant: \(text)" : "user \(apiNames[speaker] ?? ""): [\(speaker)]: \(text)"
      }
      #expect(Array(heard.dropFirst().prefix(count)) == before)
      #expect(request.system.contains("You are \(own)"))
      #expect(!request.system.contains("set_triggers"), "there is no moderator")
      #expect(request.tools == ["request_next_speaker", "skip"])
      #expect(request.json["stream"] == true && request.json["tool_choice"] == nil)
      #expect(request.json["temperature"] == nil && request.json["max_tokens"] == nil)
      let others = request.parameters(of: "request_next_speaker")?["properties"]?["participant"]?["enum"]
      #expect(others?.array?.compactMap(\.string) == ["a", "b.2", "c"].filter { $0 != own })
    }
  }

  @Test func anEchoedNameIsRemovedAndOwnMessagesHaveNone() async throws {
    let parlour = try await Parlour(["a": [.openAI("[a", "]: A1")], "b": [.openAI("[a]: quoted")]])
    try parlour.config()
    let ended = try await parlour.party("--go", "--max-turns", "3", "--order", "round-robin")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try parlour.transcript().said == ["a: A1", "b: [a]: quoted", "a: a2"])
    #expect(parlour.requests(to: "a")[1].heard.suffix(2) == ["assistant: A1", "user b: [b]: [a]: quoted"])
  }

  @Test func thePlaceOfTheTurnIsSaidWhereOwnMessagesEndTheHistory() async throws {
    // A failed turn of b leaves nothing, so a speaks twice in a row.
    let parlour = try await Parlour(["b": [.error(400, "no")]])
    try parlour.config(["a", "b"])
    let ended = try await parlour.party("--go", "--max-turns", "2", "--order", "round-robin")
    #expect(ended.exitCode == 0, "\(ended)")
    let second = parlour.requests(to: "a")[1].heard
    #expect(second.count == 3 && second[1] == "assistant: a1")
    #expect(second[2].hasPrefix("user: (It is your turn"))
  }

  /// Configs that are refused, and what the message names.
  static let refused: [(config: String, named: [String])] = [
    ("{ providers: [] }", ["providers", "at least one model"]),
    ("{}", ["providers"]),
    ("{ providers: {} }", ["providers", "list"]),
    ("{ providers: [7] }", ["providers[0]", "object"]),
    ("{ providers: [{ models: ['a', 'b'] }] }", ["providers[0]", "url"]),
    ("{ providers: [{ url: 'URL' }] }", ["providers[0]", "models"]),
    ("{ providers: [{ url: 'URL', models: 'ab' }] }", ["providers[0].models", "list"]),
    ("{ providers: [{ url: 'URL', token: '', models: ['a', 'b'] }] }", ["providers[0].token", "empty"]),
    (
      "{ providers: [{ url: 'URL', token: '${NO_SUCH}', models: ['a', 'b'] }] }",
      ["providers[0].token", "NO_SUCH"]
    ),
    ("{ providers: [{ url: 'URL', models: ['a', 'a'] }] }", ["models[1]", "models[0]"]),
    (
      "{ providers: [{ url: 'URL', models: ['x/a'] }, { url: 'URL', models: ['y/a'] }] }",
      ["providers[1].models[0]", "providers[0].models[0]"]
    ),
    ("{ providers: [{ url: 'URL', models: ['a.b', 'a-b'] }] }", ["models[1]", "a-b"]),
    ("{ providers: [{ url: 'URL', models: ['x/human', 'b'] }] }", ["models[0]", "human"]),
    ("{ providers: [{ url: 'URL', models: ['moderator', 'b'] }] }", ["models[0]", "moderator"]),
    ("{ providers: [{ url: 'URL', models: ['a', 'b'] }], moderator: 'm' }", ["moderator", "object"]),
    (
      "{ providers: [{ url: 'URL', models: ['a', 'b'] }], moderator: { url: 'URL' } }",
      ["moderator", "model"]
    ),
    (
      "{ providers: [{ url: 'URL', models: ['a', 'b'] }], moderator: { url: 'URL', model: 'm', token: ' ' } }",
      ["moderator.token", "empty"]
    ),
    ("{ providers: [{ url: 'URL', models: ['a', 'b'] }], interrupt_threshold: 11 }", ["interrupt_threshold"]),
    (
      "{ providers: [{ url: 'URL', models: ['a', 'b'] }], interrupt_threshold: '9' }", ["interrupt_threshold"]
    ),
    (
      "{ providers: [{ url: 'URL', models: ['a', 'b'] }], interrupt_threshold: 2.7 }", ["interrupt_threshold"]
    ),
    ("{ providers: [{ url: 'URL', models: ['a', 'b'] }], max_triggers: -1 }", ["max_triggers"]),
    ("{ providers: [{ url: 'URL', models: ['a', 'b'] }], human_speaker: 'false' }", ["human_speaker"]),
    ("{ providers: [{ url: 'URL', models: ['a', 'b'] }], intros: 1 }", ["intros"]),
    ("{ providers: [{ url: 'URL', models: ['a'] }], human_speaker: false }", ["alone"]),
    ("{ providers: [{ url: 'URL', models: ['a', 'b'] ]", ["config.json5"]),
  ]

  @Test func aConfigWithAnErrorIsRefusedBeforeAnythingIsSent() async throws {
    let parlour = try await Parlour()
    for (config, named) in Self.refused {
      let text = config.replacing("URL", with: parlour.server.url("/v1"))
      try parlour.directory.write(text, to: "config.json5")
      let ended = try await parlour.party("--go", "--max-turns", "2")
      #expect(ended.exitCode == 2 && ended.stdout.isEmpty, "\(config)\n\(ended)")
      #expect(named.allSatisfy(ended.errors.contains), "\(config): \(named)\n\(ended)")
    }
    #expect(parlour.server.requests.isEmpty)
    #expect(parlour.directory.files == ["config.json5"])
  }

  @Test func theConfigIsLookedForUnderTwoNames() async throws {
    let parlour = try await Parlour()
    let none = try await parlour.party("--go")
    #expect(none.exitCode == 2 && none.errors.contains("config.json5"), "\(none)")
    try parlour.config(["x", "y"])
    let text = try parlour.directory.read("config.json5")
    try parlour.directory.write(text.replacing("\"y\"", with: "\"z\""), to: "config.json")
    let first = try await parlour.party("--go", "--max-turns", "2", "--order", "round-robin")
    #expect(first.exitCode == 0 && parlour.asked == ["x", "y"], "\(first)")
    let second = try await parlour.resonant(
      "party", "config.json", "--topic", "T", "--go", "--max-turns", "2", "--order", "round-robin",
      "--no-save")
    #expect(second.exitCode == 0 && parlour.asked == ["x", "y", "x", "z"], "\(second)")
  }

  @Test func anUnknownKeyWarnsAndTheTopicIsPlainText() async throws {
    let parlour = try await Parlour()
    try parlour.config(["a", "b"], "human_speaker: false, intros: false, moderater: {}, $schema: 'x'")
    let ended = try await ResonantBinary.run(
      ["party", "--topic", "a [/tag] and [bold]b", "--go", "--max-turns", "2", "--no-save"],
      in: parlour.directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors.contains("moderater") && !ended.errors.contains("$schema"), "\(ended)")
    #expect(parlour.server.requests[0].heard[0].hasSuffix("a [/tag] and [bold]b"))
  }
}
