// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// What each form of another tool's file becomes.
struct ImporterTests {
  @Test func attractorStates() throws {
    let all = try #require(
      try ForeignFiles.transcripts(ForeignFiles.attractorStates, name: "r/conversations.json"))
    #expect(
      all.map(\.lines) == [
        ["A: Begin — here", "B: And on", "A: "], ["A: One", "B: Two"], ["user: Hello.", "assistant: "],
      ])
    #expect(
      all.map(\.cast) == [
        ["A maker/first: -", "B maker/first: -"], ["A maker/second: -", "B other/third: -"],
        ["user maker/first: -", "assistant maker/first: -"],
      ])
    // The seed is what only the first speaker was told, unless the conversation begins with it.
    #expect(
      all.map { $0.preambles.map { "\($0.owner): \($0.content)" } } == [
        ["A: Go wherever feels right."], ["A: Explore."], [],
      ])
    #expect(
      all.map { $0.header.settings["seed_prompt"] } == [
        "Go wherever feels right.", "Explore.", "Hello.",
      ])
    #expect(all[1].header.id.hasSuffix("/r/conversations.json#1"))
    #expect(all[0].turns.map(\.number) == [1, 2, 3])
    #expect(all[0].turns.allSatisfy { $0.outcome == .finished && $0.model == "maker/first" })
    #expect(all[0].end == nil)
  }

  @Test func aMarkedLogOfTheBackrooms() throws {
    let all = try ForeignFiles.transcripts(
      ForeignFiles.marked, name: "opus_gpt4o_cli_20241018_131801.txt")
    let log = try #require(all?.first)
    #expect(log.lines == ["Claude 1: ls -al\n\nplease", "GPT4o 2: total 42", "Claude 1: ^C^C"])
    #expect(log.cast == ["Claude 1 opus: -", "GPT4o 2 gpt4o: -"])
    #expect(log.end?.reason == .stopPhrase)
  }

  @Test func aNumberedLogOfTheBackrooms() throws {
    for text in [ForeignFiles.numbered, ForeignFiles.numbered.replacing("\n", with: "\r\n")] {
      let log = try #require(try ForeignFiles.transcripts("\u{FEFF}" + text, name: "log.txt")?.first)
      #expect(log.lines == ["Claude 1: ls", "CLI: total 42\nNote 3:\nnothing", "Claude 1: exit"])
      #expect(log.cast == ["Claude 1 : -", "CLI : -"])
      #expect(log.end?.reason == .maxTurns)
    }
  }

  @Test func theOldestLogsOfTheBackrooms() throws {
    let text = "\nClaude Explorer:\nls\n\nGPT4o CLI:\nok\n\nClaude Explorer:\nexit\n"
    let name = "opus_exploring_gpt4o_20240902_101112.txt"
    let log = try #require(try ForeignFiles.transcripts(text, name: name)?.first)
    #expect(log.lines == ["Claude Explorer: ls", "GPT4o CLI: ok", "Claude Explorer: exit"])
    #expect(log.cast == ["Claude Explorer opus: -", "GPT4o CLI gpt4o: -"])
  }

  @Test func aLogWithRoundsAndRemarks() throws {
    let text = """
      ### Backrooms Run ###
      Template: dream
      Models: opus4, gpt5
      Started: 2025-09-10T13:13:53.497694+00:00

      ### Round 1/30

      ### Claude 1 ###
      look

      ### GPT5 2 ###
      ### Step
      dark

      ### Media Agent ###
      Prompt: a room

      ### Media Agent (Post) ###
      Result: {}

      ### Round 2/30

      ### Claude 1 ###
      wake
      """
    let log = try #require(try ForeignFiles.transcripts(text, name: "log.txt")?.first)
    #expect(log.lines == ["Claude 1: look", "GPT5 2: ### Step\ndark", "Claude 1: wake"])
    #expect(log.cast == ["Claude 1 opus4: -", "GPT5 2 gpt5: -"])
    #expect(Timestamp.text(log.header.created) == "2025-09-10T13:13:53.498Z")
  }

  @Test func llmConversation() throws {
    let json = try #require(try ForeignFiles.transcripts(ForeignFiles.llmJSON)?.first)
    #expect(json.lines == ["Cook: Salt: now", "Cook's Aid: Yes\n"])
    #expect(json.cast == ["Cook llama3.1:8b: Cook.", "Cook's Aid llama3.2:3b: Aid."])
    #expect(json.header.participants.map { $0.payload["temperature"]?.double } == [0.8, 1])
    let text = try #require(try ForeignFiles.transcripts(ForeignFiles.llmText, name: "log.txt")?.first)
    #expect(text.lines == ["Cook: Salt: now", "Cook: Aid: Yes\n\n───\n\nCook: no", "Cook: "])
    #expect(text.cast == ["Cook llama3.1:8b: Cook.\n\nSlowly.", "Cook: Aid llama3.2:3b: Aid."])
    #expect(text.header.participants.map { $0.payload["temperature"]?.double } == [0.8, 1])
  }

  @Test func shareGPT() throws {
    let list = try #require(try ForeignFiles.transcripts(ForeignFiles.shareGPT))
    #expect(list.map(\.lines) == [["human: Who are you?", "gpt: V."], ["human: Who?", "gpt: \u{FFFD}W."]])
    #expect(
      list.map(\.cast) == [["human : -", "gpt vicuna: You are V."], ["human : -", "gpt : You are W."]])
    #expect(list.map(\.header.id) == ["identity_0", "7"])
    let one = #"{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}"#
    for (text, count) in [(one, 1), (one + "\n", 1), (one + "\n\r\n" + one + "\n", 2)] {
      let all = try #require(try ForeignFiles.transcripts(text))
      #expect(all.map(\.lines) == Array(repeating: ["human: a", "gpt: b"], count: count))
    }
  }

  @Test func openAIMessages() throws {
    let all = try #require(try ForeignFiles.transcripts(ForeignFiles.openAI))
    #expect(
      all.map(\.lines) == [
        ["user: Why?", "assistant: Because."], ["Ann: Sum", "assistant: ", "Bot: 3."],
      ])
    #expect(
      all.map(\.cast) == [
        ["user : -", "assistant gpt-4o: Be brief."], ["Ann : -", "assistant : -", "Bot : -"],
      ])
    #expect(all[1].turns[1].toolCalls.map(\.name) == ["add"])
    let lines = ForeignFiles.openAI.split(separator: "\n")
    let list = "[" + lines.joined(separator: ",\n") + "]"
    #expect(try ForeignFiles.transcripts(list)?.map(\.lines) == all.map(\.lines))
  }
}
