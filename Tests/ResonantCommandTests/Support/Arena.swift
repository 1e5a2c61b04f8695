// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport

/// A conversation to be held with a scripted server, in a directory of its own.
///
///     let arena = try await Arena(.openAI("Hello, Alice."), .openAI("Hello, Bob."))
///     let ended = try await arena.chat("--max-turns", "3")
///     #expect(arena.server.requests[1].spoken == ["assistant: Hello!", "user: Hello, Alice."])
struct Arena {
  let directory: TemporaryDirectory
  let server: ScriptedServer
  /// The path that is asked for.
  var path = "/v1/chat/completions"

  /// Answers one request after the other.
  init(_ answers: Answer...) async throws {
    directory = try TemporaryDirectory()
    server = try await ScriptedServer(answers: answers)
  }

  init(script: @escaping ScriptedServer.Script) async throws {
    directory = try TemporaryDirectory()
    server = try await ScriptedServer(script: script)
  }

  func speaking(_ path: String) -> Arena {
    var copy = self
    copy.path = path
    return copy
  }

  private var common: [String] { ["--endpoint", server.url(path), "--model", "m"] }

  /// Holds the conversation to its end. Flags that are given beat the common ones.
  func chat(_ flags: String..., environment: [String: String] = [:]) async throws -> FinishedProgram {
    try await chat(flags, environment: environment)
  }

  func chat(_ flags: [String], environment: [String: String] = [:]) async throws -> FinishedProgram {
    try await ResonantBinary.run(common + flags, in: directory, environment: environment)
  }

  /// Begins the conversation.
  func startChat(_ flags: String..., environment: [String: String] = [:]) async throws -> Program {
    try await ResonantBinary.start(common + flags, in: directory, environment: environment)
  }

  /// Any command, run in the directory.
  func resonant(_ arguments: String..., environment: [String: String] = [:]) async throws -> FinishedProgram {
    try await ResonantBinary.run(arguments, in: directory, environment: environment)
  }

  /// The one transcript that was written.
  func transcript() throws -> WrittenTranscript {
    try WrittenTranscript(directory.read(directory.only(".jsonl")))
  }

  /// The one page that was written.
  func page() throws -> WrittenPage { WrittenPage(html: try directory.read(directory.only(".html"))) }
}

/// A transcript file, read by Foundation.
struct WrittenTranscript {
  let records: [JSONValue]

  init(_ text: String) throws {
    records = try DecodedJSON.lines(text)
  }

  func all(_ type: String) -> [JSONValue] { records.filter { $0["type"]?.string == type } }

  var header: JSONValue? { records.first.flatMap { $0["type"] == "header" ? $0 : nil } }
  var turns: [JSONValue] { all("turn") }
  var end: JSONValue? { records.last.flatMap { $0["type"] == "end" ? $0 : nil } }

  /// One `speaker: text` a turn.
  var said: [String] { turns.map { "\($0["speaker"]?.string ?? "?"): \($0["text"]?.string ?? "?")" } }
  var outcomes: [String] { turns.map { $0["outcome"]?.string ?? "?" } }
}

/// A page, looked at as text.
struct WrittenPage {
  let html: String

  /// The block of a turn, from its opening tag to its closing one.
  func turn(_ number: Int) -> String? {
    guard let start = html.firstRange(of: "<article id=\"turn-\(number)\"")?.lowerBound,
      let end = html[start...].firstRange(of: "</article>")?.upperBound
    else { return nil }
    return String(html[start..<end])
  }
}

/// What the program says when the caller gives no system prompt.
let defaultSystemPrompt =
  "You are an AI agent. You'll be talking to another instance of an AI. You have complete freedom. "
  + "Feel free to pursue whatever you want."
