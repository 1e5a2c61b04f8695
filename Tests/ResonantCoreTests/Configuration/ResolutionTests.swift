// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct ResolutionTests {
  @Test func defaultsAreThoseOfTheHelp() throws {
    let resolved = try resolved([:])
    #expect(resolved.participants.map(\.name) == ["Alice", "Bob"])
    #expect(
      resolved.participants[1].systemPrompt?.string
        == "You are an AI agent. You'll be talking to another instance of an AI. You have complete freedom. "
        + "Feel free to pursue whatever you want.")
    #expect(resolved.settings.opening == "Hello!")
    #expect(resolved.settings.maxTurns == 30)
    #expect(resolved.settings.maxChars == 10_000)
    #expect(resolved.settings.seed == 4711)
    #expect(resolved.request == RequestSettings())
    #expect(resolved.output == OutputSettings())
  }

  @Test func everyOptionReachesItsValue() throws {
    let resolved = try resolved([
      "max_turns": 4, "max_chars": 50, "opening": "Hi", "order": "random", "filter_thinking": true,
      "no_stream": true, "stop_phrase": ["a", "b"], "stop_on_loop": true, "budget_tokens": 9, "delay": 0.5,
      "seed": .number("18446744073709551615"), "connect_timeout": 1.5, "first_byte_timeout": 2,
      "idle_timeout": 3, "retries": 0, "out": "runs", "name": "x", "no_html": true, "no_save": true,
      "show_thinking": true, "roles": "alternate",
    ])
    let settings = resolved.settings
    #expect(settings.maxTurns == 4 && settings.maxChars == 50 && settings.opening == "Hi")
    #expect(settings.order == .random && settings.filterThinking && !settings.stream && settings.stopOnLoop)
    #expect(settings.stopPhrases == ["a", "b"] && settings.budgetTokens == 9)
    #expect(settings.delay == .seconds(0.5) && settings.seed == .max)
    #expect(resolved.request.connectTimeout == .seconds(1.5))
    #expect(resolved.request.firstByteTimeout == .seconds(2) && resolved.request.idleTimeout == .seconds(3))
    #expect(resolved.request.retries == 0)
    let output = resolved.output
    #expect(output.directory == "runs" && output.name == "x" && !output.html && !output.save)
    #expect(output.showThinking)
    #expect(resolved.participants.allSatisfy { $0.roles == .alternate })
  }

  @Test func ownOptionsReplaceCommonOnes() throws {
    let participants = try resolved([
      "headers": ["X-A": "1"], "alice_headers": [:], "payload": ["top_k": 1, "stop": "x"],
      "bob_payload": ["top_k": 2], "alice_model": "a", "bob_endpoint": "http://localhost:8/api/chat",
      "alice_system_prompt": "", "bob_system_prompt": "You are Bob.",
    ]).participants
    #expect(participants[0].endpoint.headerNames == [])
    #expect(participants[1].endpoint.headerNames == ["X-A"])
    #expect(participants[0].payload == ["top_k": 1, "stop": "x"])
    #expect(participants[1].payload == ["top_k": 2])
    #expect(participants.map(\.model) == ["a", "m"])
    #expect(participants.map(\.endpoint.api) == [.openai, .ollama])
    #expect(participants[0].systemPrompt == nil)
    #expect(participants[1].systemPrompt?.string == "You are Bob.")
  }

  @Test func anEmptyTextIsNotGiven() throws {
    let participants = try resolved([
      "alice_headers": "", "headers": #"{"X-A":"1"}"#, "alice_model": "", "bob_endpoint": "",
      "pandoc_path": "",
    ]).participants
    #expect(participants[0].endpoint.headerNames == ["X-A"])
    #expect(participants[0].model == "m")
  }

  @Test func anEmptySystemPromptIsNone() throws {
    #expect(try resolved(["system_prompt": ""]).participants.allSatisfy { $0.systemPrompt == nil })
  }

  @Test func systemPromptsGoToTheTopLevelForWhomeverItIsAsked() throws {
    let one = try resolved(["alice_top_level_system": true])
    #expect(one.participants.map(\.systemPlacement) == [.topLevel, .message])
    let all = try resolved(["top_level_system": true, "bob_top_level_system": false])
    #expect(all.participants.map(\.systemPlacement) == [.topLevel, .topLevel])
  }

  @Test func rolesAlternateForAnthropicUnlessSaidOtherwise() throws {
    let anthropic: JSONObject = ["bob_api": "anthropic"]
    #expect(try resolved(anthropic).participants.map(\.roles) == [.asIs, .alternate])
    let asIs = anthropic.merging(["roles": "as-is"]) { $1 }
    #expect(try resolved(asIs).participants.map(\.roles) == [.asIs, .asIs])
  }

  @Test func furtherParticipantsTakeTheCommonOptions() throws {
    let resolved = try resolved([
      "participant": [#"{"name":"Carol","model":"c"}"#, ["name": "Dora", "system_prompt": ""]],
      "payload": ["top_k": 1],
    ])
    #expect(resolved.participants.map(\.name) == ["Alice", "Bob", "Carol", "Dora"])
    #expect(resolved.participants.map(\.model) == ["m", "m", "c", "m"])
    #expect(resolved.participants[2].payload == ["top_k": 1])
    #expect(resolved.participants[3].systemPrompt == nil)
  }

  @Test func textsComeFromFilesExactly() throws {
    let directory = try TemporaryDirectory()
    try directory.write("  Hi\n\n", to: "o.txt")
    try directory.write(#"[{"role":"user","content":"u","name":"n"}]"#, to: "p.json")
    try directory.write(#"{"X-A": 5, "X-B": true}"#, to: "h.json")
    let resolved = try resolved(
      ["opening_file": "o.txt", "alice_preamble": "p.json", "headers": "@h.json"],
      context(directory: directory.path))
    #expect(resolved.settings.opening == "  Hi\n\n")
    #expect(resolved.participants[0].preamble == [Message(.user, "u", extra: ["name": "n"])])
    #expect(resolved.participants[1].preamble == [])
    #expect(resolved.participants[0].endpoint.headers.map(\.value) == ["5", "true"])
    #expect(
      resolved.preambles
        == [Transcript.Preamble(owner: "Alice", index: 1, role: .user, content: "u", extra: ["name": "n"])])
  }

  @Test func pandocMustBeExecutable() throws {
    let directory = try TemporaryDirectory()
    try directory.write("#!/bin/sh\n", to: "bin/pandoc", executable: true)
    try directory.write("", to: "plain")
    let given = try resolved(["pandoc_path": .string(directory.path("bin/pandoc"))])
    #expect(given.output.pandocPath == directory.path("bin/pandoc"))
    let found = try resolved(
      ["pandoc_path": "pandoc"], context(["PATH": "/nowhere:" + directory.path("bin")]))
    #expect(found.output.pandocPath == directory.path("bin/pandoc"))
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("link"), withDestinationPath: directory.path("bin"))
    for wrong in ["plain", "bin", "link", "absent"].map(directory.path) {
      #expect(
        refusal { try resolved(["pandoc_path": .string(wrong)]) }.hasPrefix("--pandoc-path: \(wrong) is"))
    }
  }

  @Test func aSecretComesFromTheEnvironment() throws {
    let options: JSONObject = ["headers": ["Authorization": "Bearer ${KEY}"]]
    let resolved = try resolved(options, context(["KEY": "sesame-9"]))
    #expect(resolved.participants[0].endpoint.headers.map(\.value) == ["Bearer sesame-9"])
    #expect(!"\(resolved.recorded)\(resolved.facts)".contains("sesame-9"))
    let message = refusal { try ResolutionTests.resolve(options) }
    #expect(message.hasPrefix("--headers:") && message.contains("KEY"))
  }

  private static func resolve(_ options: JSONObject) throws -> ResolvedConversation { try resolved(options) }

  @Test func whatIsRecordedShapesTheConversation() throws {
    let recorded = try resolved(["max_turns": 3, "no_opening": true, "payload": ["api_key": "x"]]).recorded
    #expect(recorded["max_turns"] == 3)
    #expect(recorded["no_opening"] == true)
    #expect(recorded["opening"] == nil)
    #expect(recorded["idle_timeout"] == 120)
    #expect(recorded.keys.allSatisfy { OptionTable[$0] != nil })
    #expect(try resolved(["payload": ["api_key": "x1"]]).facts[0].payload == ["api_key": "***"])
  }
}
