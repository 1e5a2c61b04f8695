// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Which files are taken for conversations of another tool, and as which.
struct RecognitionTests {
  private func format(
    _ text: String, name: String, isNamed: Bool = false, as format: ForeignFormat? = nil
  ) throws -> ForeignFormat? {
    let directory = try TemporaryDirectory()
    let file = TranscriptFiles.Candidate(path: try directory.write(text, to: name), isNamed: isNamed)
    return try TranscriptSource(file, as: format)?.format
  }

  @Test(
    arguments: [
      ("conversations.json", ForeignFiles.attractorStates, ForeignFormat.attractorStates),
      ("a.txt", ForeignFiles.marked, .backrooms), ("a.log", ForeignFiles.numbered, .backrooms),
      ("a.txt", "### Gemini 2.5-pro 1 ###\nalone\n", .backrooms),
      ("a.txt", ForeignFiles.llmText, .llmConversation),
      ("a.json", ForeignFiles.llmJSON, .llmConversation),
      ("conversations.json", ForeignFiles.shareGPT, .shareGPT),
      ("a.jsonl", ForeignFiles.openAI, .openAI),
    ] as [(String, String, ForeignFormat)])
  func byContent(name: String, text: String, format: ForeignFormat) throws {
    #expect(try self.format(text, name: name) == format)
    #expect(try self.format("\u{FEFF}" + text, name: name) == format)
    for forced in ForeignFormat.allCases {
      #expect(try self.format(text, name: name, as: forced) == (forced == format ? format : nil))
    }
  }

  @Test(
    arguments: [
      ("README.md", "# Title\n\n### One ###\n\na\n\n### Two ###\n\nb\n"),
      ("notes.md", "### One ###\n\na\n\n### Two ###\n\nb\n"),
      ("steps.txt", "Step 1:\nBoil\n\nStep 2:\nEat\n"),
      ("a.txt", "Chapter 1:\nIt was dark.\n"), ("a.txt", "=== Conversation\n"),
      ("a.txt", "=== Agent 1 ===\n"),
      ("package.json", #"{"name": "x", "version": "1.0.0", "messages": "none", "conversations": 3}"#),
      ("preamble.json", #"[{"role": "system", "content": "You"}, {"role": "user", "content": "Hi"}]"#),
      ("config.json", #"{"agents": [{"name": "A", "model": "m", "system_prompt": ""}], "settings": {}}"#),
      (
        "plan.json",
        #"{"name": "p", "matrix": {"model": ["m"]}, "alice_preamble": [{"role": "user", "content": "a"}]}"#
      ),
      ("summary.jsonl", #"{"trial": "a", "reason": "max_turns", "turns": 30}"# + "\n"),
      (
        "analysis.json",
        #"{"bootstrap": {"seed": 1}, "conversations": [{"id": "a", "path": "a", "turns": 3}]}"#
      ),
      (
        "export.json",
        #"{"header": {"id": "a"}, "turns": [{"n": 1, "speaker": "A", "text": "a"}], "end": null}"#
      ),
      ("moderation.log", "====\nTopic: t\n1. A: m at e\n====\n\nTurn 1: A\n"),
      ("a.jsonl", #"{"messages": []}"#),
      ("a.json", #"{"messages": [{"role": "system", "content": "only"}]}"#),
      ("a.json", #"{"messages": [{"text": "a"}]}"#),
      ("a.json", #"{"conversations": []}"#), ("other.json", ForeignFiles.attractorStates), ("a.json", "[]"),
      ("a.json", "[[[["), ("a.json", "[1, 2]"),
      ("empty.json", ""), ("spaces.txt", " \n\n"), ("zeros.json", String(repeating: "\0", count: 600)),
    ])
  func whatIsNoConversation(name: String, text: String) throws {
    #expect(try format(text, name: name) == nil)
  }

  @Test func whatAUserNamesNeedsLess() throws {
    let messages = #"[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]"#
    #expect(try format(messages, name: "a.json", isNamed: true) == .openAI)
    #expect(try format("\nClaude 1:\na\n\nClaude 2:\nb\n", name: "a.txt", isNamed: true) == .backrooms)
    let named = try format(ForeignFiles.attractorStates, name: "a.json", isNamed: true, as: .attractorStates)
    #expect(named == .attractorStates)
    #expect(throws: RecordError.self) { try format("text", name: "a.txt", isNamed: true) }
    #expect(throws: RecordError.self) { try format(messages, name: "a.json", isNamed: true, as: .shareGPT) }
  }
}
