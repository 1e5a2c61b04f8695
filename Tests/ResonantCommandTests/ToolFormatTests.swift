// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Exports in the forms of other tools, through the built program.
struct ToolFormatTests {
  private func converse(_ flags: String..., in directory: TemporaryDirectory) async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", "builtin:", "--quiet", "--no-html", "--seed", "1"] + flags, in: directory)
    try #require(ended.exitCode == 0, "\(ended)")
  }

  private func export(
    _ name: String, to format: String, in directory: TemporaryDirectory
  ) async throws -> JSONValue {
    let ended = try await ResonantBinary.run(["export", name, "--to", format], in: directory)
    try #require(ended.exitCode == 0 && ended.errors.isEmpty, "\(ended)")
    #expect(ended.output.split(separator: "\n").count == 1)
    return try DecodedJSON.parse(ended.stdout)
  }

  @Test func aConversationOfTwoBecomesADataset() async throws {
    let directory = try TemporaryDirectory()
    try await converse(
      "--alice-model", "eliza", "--bob-model", "parry", "--max-turns", "5", "--name", "a",
      "--alice-system-prompt", "Be Eliza.", "--bob-system-prompt", "Be Parry.", in: directory)
    let texts = try WrittenTranscript(directory.read("a.jsonl")).turns.map { $0["text"]?.string ?? "" }
    #expect(texts.count == 5)

    let messages = try await export("a.jsonl", to: "openai", in: directory)["messages"]?.array ?? []
    #expect(
      messages.map { $0["role"] } == ["system", "assistant", "user", "assistant", "user", "assistant"])
    #expect(messages.map { $0["content"]?.string } == ["Be Eliza."] + texts)
    #expect(messages.allSatisfy { $0["name"] == nil })

    let dataset = try await export("a.jsonl", to: "sharegpt", in: directory).array ?? []
    #expect(dataset.count == 1 && dataset.first?["system"] == "Be Parry.")
    let conversation = dataset.first?["conversations"]?.array ?? []
    #expect(conversation.map { $0["from"] } == ["human", "gpt", "human", "gpt", "human"])
    #expect(conversation.map { $0["value"]?.string } == texts)
  }

  @Test func amongThreeEachMessageHasItsName() async throws {
    let directory = try TemporaryDirectory()
    try await converse(
      "--alice-model", "eliza", "--bob-model", "parry", "--participant",
      #"{"name": "Dr. Who <3", "model": "eliza"}"#, "--max-turns", "4", "--name", "a", in: directory)
    let messages = try await export("a.jsonl", to: "openai", in: directory)["messages"]?.array ?? []
    #expect(messages.compactMap { $0["name"]?.string } == ["Alice", "Bob", "Dr._Who__3", "Alice"])
    #expect(messages.dropFirst().map { $0["role"] } == ["assistant", "user", "user", "assistant"])
    let dataset = try await export("a.jsonl", to: "sharegpt", in: directory).array ?? []
    let conversation = dataset.first?["conversations"]?.array ?? []
    #expect(conversation.compactMap { $0["name"]?.string } == ["Alice", "Bob", "Dr. Who <3", "Alice"])
  }

  /// Passed turns, filtered thinking, neighbouring turns of one speaker.
  @Test func whatWasHeardIsExported() async throws {
    let directory = try TemporaryDirectory()
    let participants = ["Alice", "Bob"].map {
      #"{"name":"\#($0)","model":"m","endpoint":"http://localhost:1/v1","api":"openai"}"#
    }.joined(separator: ",")
    try directory.write(
      """
      {"type":"header","format":"resonant.transcript","version":1,"id":"a1","created":"2026-11-29T05:00:00.000Z",\
      "program":"resonant 0.1","mode":"chat","seed":7,"settings":{},"participants":[\(participants)]}
      {"type":"turn","n":1,"speaker":"Alice","model":"m","text":"<think>x</think>Hi.","heard":"Hi.","outcome":"finished"}
      {"type":"turn","n":2,"speaker":"Bob","model":"m","text":"","outcome":"passed"}
      {"type":"turn","n":3,"speaker":"Alice","model":"m","text":"Well?","thinking":"hm","outcome":"finished"}

      """, to: "a.jsonl")
    let messages = try await export("a.jsonl", to: "openai", in: directory)["messages"]
    #expect(messages == [["content": "Hi.\n\nWell?", "role": "assistant"]])
    let conversation = try await export("a.jsonl", to: "sharegpt", in: directory).array?.first
    #expect(
      conversation?["conversations"] == [
        ["from": "human", "value": "Hi."], ["from": "human", "value": "Well?"],
      ])
  }

  @Test(.needsServer("inspect")) func inspectReadsItsLogs() async throws {
    let python = try #require(RealServer.url("inspect"))
    let directory = try TemporaryDirectory()
    try directory.write(#"["Yes.", "Yes.", "Yes.", "Yes.", "Yes.", "Yes."]"#, to: "yes.json")
    try await converse(
      "--model", "script:yes.json", "--max-turns", "7", "--name", "silent_one", in: directory)
    try await converse(
      "--alice-model", "eliza", "--bob-model", "parry", "--participant",
      #"{"name": "Cai", "model": "eliza"}"#, "--max-turns", "4", "--name", "three", in: directory)
    let resumed = try await ResonantBinary.run(
      ["resume", "three.jsonl", "--max-turns", "7", "--bob-model", "echo", "--quiet"], in: directory)
    #expect(resumed.exitCode == 0, "\(resumed)")
    let failed = try await ResonantBinary.run(
      ["--endpoint", "http://127.0.0.1:9", "--model", "m", "--retries", "0", "--quiet", "--name", "failed"],
      in: directory)
    #expect(failed.exitCode == 1)
    let exported = try await ResonantBinary.run(
      ["export", "silent_one.jsonl", "three.jsonl", "failed.jsonl", "--to", "inspect", "--out", "logs"],
      in: directory)
    #expect(exported.exitCode == 0 && exported.errors.isEmpty, "\(exported)")

    let reader = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Servers/inspect_read.py").path(percentEncoded: false)
    let read = try await Program(
      python, [reader, "logs"], environment: ["HOME": directory.path], directory: directory.path
    ).finish(within: 120)
    try #require(read.exitCode == 0, "\(read)")
    let logs = try DecodedJSON.parse(read.stdout).array ?? []
    #expect(logs.map { $0["task"] } == ["silent-one", "three", "failed"])
    #expect(logs.map { $0["status"] } == ["success", "success", "error"])
    #expect(logs[0]["label"] == "minimal")
    #expect(logs[2]["error"]?.string?.contains("127.0.0.1:9") == true)
    let written = try WrittenTranscript(directory.read("three.jsonl"))
    let messages = logs[1]["messages"]?.array ?? []
    let texts = written.turns.map { $0["text"]?.string ?? "" }
    #expect(messages.prefix(5).map { $0.array?[0] } == ["system", "assistant", "user", "user", "assistant"])
    #expect(
      messages.dropFirst().prefix(4).map { $0.array?[1].string }
        == [texts[0], "[Bob]: " + texts[1], "[Cai]: " + texts[2], texts[3]])
    #expect(
      messages.dropFirst().prefix(4).map { $0.array?[2]["speaker"] } == ["Alice", "Bob", "Cai", "Alice"])
    #expect(logs[1]["output"]?.string == texts[6])
    #expect(logs[1]["models"] == ["echo", "eliza", "parry"] && logs[1]["max_turns"]?.int == 7)
    let usage = written.end?["usage"]
    let spent = (usage?["prompt_tokens"]?.int ?? 0) + (usage?["completion_tokens"]?.int ?? 0)
    #expect(logs[1]["tokens"]?.int == spent && spent > 0)
  }

  /// The log of a conversation that went on with other models tells of the whole.
  @Test func aLogOfWhatWasResumedHasAllModels() async throws {
    let directory = try TemporaryDirectory()
    try await converse("--model", "eliza", "--max-turns", "4", "--name", "a", in: directory)
    let resumed = try await ResonantBinary.run(
      ["resume", "a.jsonl", "--max-turns", "8", "--model", "parry", "--max-chars", "900", "--quiet"],
      in: directory)
    #expect(resumed.exitCode == 0, "\(resumed)")
    let log = try await export("a.jsonl", to: "inspect", in: directory)
    let written = try WrittenTranscript(directory.read("a.jsonl"))
    let used = log["stats"]?["model_usage"]?.object ?? [:]
    #expect(Set(used.keys) == ["eliza", "parry"])
    #expect(log["samples"]?.array?.first?["model_usage"]?.object == used)
    let sums = written.turns.reduce(into: [String: Int]()) { sums, turn in
      let usage = turn["usage"]
      sums[turn["model"]?.string ?? "", default: 0] +=
        (usage?["prompt_tokens"]?.int ?? 0) + (usage?["completion_tokens"]?.int ?? 0)
    }
    #expect(used.allSatisfy { $0.value["total_tokens"]?.int == sums[$0.key] }, "\(used) \(sums)")
    let settings = log["eval"]?["metadata"]?["settings"]
    #expect(settings?["max_turns"]?.int == 8 && settings?["max_chars"]?.int == 900)
    #expect(log["eval"]?["model"] == "parry")
    let last = try #require(written.turns.last?["started"]?.string)
    let completed = try #require(log["stats"]?["completed_at"]?.string)
    #expect(completed >= last, "\(completed) \(last)")
  }

  /// A dataset holds any number of conversations; other forms have one a file.
  @Test func severalConversationsAreOneDataset() async throws {
    let directory = try TemporaryDirectory()
    for name in ["a", "b", "c"] {
      try await converse("--model", "eliza", "--max-turns", "3", "--out", "in", "--name", name, in: directory)
    }
    let export = { (format: String, out: String) in
      try await ResonantBinary.run(["export", "in", "--to", format, "--out", out], in: directory)
    }
    #expect(try await export("openai", "all.jsonl").exitCode == 0)
    let lines = try DecodedJSON.lines(directory.read("all.jsonl"))
    #expect(lines.count == 3 && lines.allSatisfy { $0["messages"]?.array?.count == 4 })
    #expect(try await export("sharegpt", "all.json").exitCode == 0)
    let list = try DecodedJSON.parse(directory.read("all.json")).array ?? []
    #expect(list.map { $0["conversations"]?.array?.count } == [3, 3, 3])
    let refused = try await export("markdown", "all.md")
    #expect(
      refused.exitCode == 2 && refused.errors.contains("--out: all.md is the name of a file"), "\(refused)")
    let analysis = try await ResonantBinary.run(["analyze", "all.jsonl", "all.json", "in"], in: directory)
    #expect(
      analysis.output.contains("8 of 9 conversations are word for word like an earlier one"), "\(analysis)")
  }
}
