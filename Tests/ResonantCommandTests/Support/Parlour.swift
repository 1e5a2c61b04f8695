// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization
import TestSupport

/// A room to be held with a scripted server, in a directory of its own: each model has its own answers.
///
///     let parlour = try await Parlour(["a": [.openAI("A1")], "b": [.openAI("B2")]])
///     let ended = try await parlour.party("--go", "--max-turns", "2", "--order", "round-robin")
///     #expect(parlour.requests(to: "b")[0].heard.last == "user a: [a]: A1")
///
/// A model without a further answer says its name and how often it was asked: `a2`.
struct Parlour {
  typealias Script = @Sendable (_ model: String, _ count: Int) -> Answer?

  let directory: TemporaryDirectory
  let server: ScriptedServer

  init(_ answers: [String: [Answer]] = [:]) async throws {
    try await self.init { model, count in
      answers[model].flatMap { $0.indices.contains(count - 1) ? $0[count - 1] : nil }
    }
  }

  /// - Parameter script: the answer to the `count`-th request to a model; nil for the usual one.
  init(script: @escaping Script) async throws {
    directory = try TemporaryDirectory()
    let asked = Counts()
    server = try await ScriptedServer { request in
      let count = asked.next(of: request.model)
      return script(request.model, count) ?? .openAI("\(request.model)\(count)")
    }
  }

  // MARK: Holding it

  /// Writes the config: the models, at one provider, and further lines of JSON5.
  func config(_ models: [String] = ["a", "b"], _ more: String = "human_speaker: false, intros: false") throws
  {
    let names = models.map { "\"\($0)\"" }.joined(separator: ", ")
    try directory.write(
      "{ providers: [{ url: \"\(server.url("/v1"))\", models: [\(names)] }],\n  \(more) }",
      to: "config.json5")
  }

  /// The key `moderator` for a config.
  var moderator: String { "moderator: { url: \"\(server.url("/v1"))\", model: \"mod\" }" }

  static let common = ["--name", "r", "--no-html"]

  /// Holds the room to its end; the topic is `T`.
  func party(
    _ flags: String..., input: String? = "", environment: [String: String] = [:]
  ) async throws -> FinishedProgram {
    try await ResonantBinary.run(
      ["party", "--topic", "T"] + Self.common + flags, in: directory, environment: environment, input: input)
  }

  /// Begins the room.
  func start(_ flags: String..., input: String? = nil) async throws -> Program {
    try await ResonantBinary.start(
      ["party", "--topic", "T"] + Self.common + flags, in: directory, input: input)
  }

  func resonant(_ arguments: String..., input: String? = "") async throws -> FinishedProgram {
    try await ResonantBinary.run(arguments, in: directory, input: input)
  }

  // MARK: What came of it

  func requests(to model: String) -> [RecordedRequest] { server.requests.filter { $0.model == model } }

  /// The models in the order in which they were asked.
  var asked: [String] { server.requests.map(\.model) }

  func transcript(_ name: String = "r.jsonl") throws -> WrittenTranscript {
    try WrittenTranscript(directory.read(name))
  }

  func log() throws -> String { try directory.read("r.moderation.log") }

  private final class Counts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func next(of model: String) -> Int {
      counts.withLock {
        $0[model, default: 0] += 1
        return $0[model] ?? 0
      }
    }
  }
}

extension RecordedRequest {
  var model: String { json["model"]?.string ?? "" }

  /// The messages but the system prompt, one `role name: content` each.
  var heard: [String] {
    (json["messages"]?.array ?? []).filter { $0["role"] != "system" }.map { message in
      let name = message["name"]?.string.map { " \($0)" } ?? ""
      return "\(message["role"]?.string ?? "?")\(name): \(message["content"]?.string ?? "?")"
    }
  }

  var system: String { messages.first { $0.hasPrefix("system: ") } ?? "" }

  /// The names of the tools that are offered, in OpenAI's form.
  var tools: [String] { (json["tools"]?.array ?? []).compactMap { $0["function"]?["name"]?.string } }

  /// The parameters of a tool.
  func parameters(of tool: String) -> JSONValue? {
    json["tools"]?.array?.first { $0["function"]?["name"]?.string == tool }?["function"]?["parameters"]
  }

  /// The tool that must be called.
  var forcedTool: String? { json["tool_choice"]?["function"]?["name"]?.string }
}

extension WrittenTranscript {
  func events(_ kind: String) -> [JSONValue] { all("event").filter { $0["kind"]?.string == kind } }

  var speakers: [String] { turns.map { $0["speaker"]?.string ?? "?" } }
}

// MARK: - Answers

extension ReplyPiece {
  /// A call of a tool in OpenAI's form, its arguments in pieces.
  static func call(_ name: String, _ arguments: String..., index: Int? = 0) -> [ReplyPiece] {
    arguments.enumerated().map { place, piece in
      var function: JSONObject = ["arguments": .string(piece)]
      var call: JSONObject = [:]
      call["index"] = index.map { .int($0) }
      if place == 0 {
        function["name"] = .string(name)
        call["id"] = .string("call_\(index ?? 0)")
        call["type"] = "function"
      }
      call["function"] = .object(function)
      return .event(["choices": [["index": 0, "delta": ["tool_calls": [.object(call)]]]]])
    }
  }

  /// The text in chunks of so many characters, with a pause before each.
  static func paced(_ text: String, by count: Int, every milliseconds: Int) -> [ReplyPiece] {
    let characters = Array(text)
    return stride(from: 0, to: characters.count, by: count).flatMap { start -> [ReplyPiece] in
      [.pause(.milliseconds(milliseconds)), .text(String(characters[start...].prefix(count)))]
    }
  }
}

extension Answer {
  /// A reply that calls a tool.
  static func calling(_ text: String? = nil, _ name: String, _ arguments: String) -> Answer {
    .openAI((text.map { [.text($0)] } ?? []) + ReplyPiece.call(name, arguments))
  }

  /// A whole reply that calls a tool.
  static func wholeCall(_ name: String, _ arguments: String) -> Answer {
    let call: JSONValue = [
      "id": "call_1", "type": "function",
      "function": ["name": .string(name), "arguments": .string(arguments)],
    ]
    let message: JSONValue = ["role": "assistant", "content": .null, "tool_calls": [call]]
    return .json([
      "choices": [["index": 0, "message": message, "finish_reason": "tool_calls"]],
      "usage": ["prompt_tokens": 11, "completion_tokens": 7],
    ])
  }

  /// The moderator's scores, by name.
  static func scores(_ scores: [String: Int]) -> Answer {
    let values = scores.map { "\"\($0.key)\":{\"score\":\($0.value),\"rationale\":\"because\"}" }
    return wholeCall("score_triggers", "{\(values.joined(separator: ","))}")
  }
}
