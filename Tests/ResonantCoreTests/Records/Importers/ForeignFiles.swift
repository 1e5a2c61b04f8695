// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Files in the forms of other tools.
enum ForeignFiles {
  static let rule = String(repeating: "─", count: 80)

  static let attractorStates = """
    {
      "model": "maker/first",
      "conversations": [
        {
          "seed_prompt": "Go wherever feels right.",
          "full_conversation": [
            {"speaker": "A", "content": "<think>Hm</think>Begin \\u2014 here", "content_clean": "Begin \\u2014 here"},
            {"speaker": "B", "content": "And on"},
            {"speaker": "A", "content": "<think>no end", "content_clean": ""}
          ],
          "instance_a_history": [{"role": "user", "content": "{\\"full_conversation\\": ["}],
          "turns": 3
        },
        {
          "seed_prompt": "Explore.", "model_a": "maker/second", "model_b": "other/third",
          "full_conversation": [
            {"speaker": "A", "model": "maker/second", "content": "One"},
            {"speaker": "B", "model": "other/third", "content": "Two"}
          ]
        },
        {
          "seed_prompt": "Hello.",
          "full_conversation": [{"speaker": "user", "content": "Hello."}, {"speaker": "assistant", "content": null}]
        }
      ],
      "generated_at": "2026-02-05T11:09:04.120000"
    }
    """

  static let marked =
    "\n### Claude 1 ###\nls -al\n\nplease\n\n### GPT4o 2 ###\n\n  total 42  \n\n\n### Claude 1 ###\n^C^C\n\n"
    + "Claude 1 has ended the conversation with ^C^C.\n"

  static let numbered =
    "\nClaude 1:\nls\n\nCLI:\ntotal 42\nNote 3:\nnothing\n\nClaude 1:\nexit\n\n"
    + "Reached maximum number of turns (2). Conversation ended.\n"

  static let llmJSON = """
    {
        "agents": [
            {"name": "Cook", "model": "llama3.1:8b", "temperature": 0.8, "ctx_size": 2048, "system_prompt": "Cook."},
            {"name": "Cook's Aid", "model": "llama3.2:3b", "temperature": 1, "ctx_size": 2048, "system_prompt": "Aid."}
        ],
        "conversation": [
            {"agent": "Cook", "content": "Salt: now"},
            {"agent": "Cook's Aid", "content": "Yes\\n"}
        ]
    }
    """

  static let llmText = """
    === Agent 1 ===

    Name: Cook
    Model: llama3.1:8b
    Temperature: 0.8
    Context Size: 2048
    System Prompt: Cook.

    Slowly.

    === Agent 2 ===

    Name: Cook: Aid
    Model: llama3.2:3b
    Temperature: 1
    Context Size: 2048
    System Prompt: Aid.

    === Conversation ===

    Cook: Salt: now

    \(rule)

    Cook: Aid: Yes

    ───

    Cook: no

    \(rule)

    Cook:\u{20}

    """

  static let shareGPT = """
    [
      {"id": "identity_0", "system": "You are V.", "model": "vicuna", "conversations": [
        {"from": "human", "value": "Who are you?"}, {"from": "gpt", "value": "V."}]},
      {"id": 7, "conversations": [
        {"from": "system", "value": "You are W."}, {"from": "human", "value": "Who?"},
        {"from": "tool", "value": "{}"}, {"from": "gpt", "value": "\\ud800W.", "markdown": null}]}
    ]
    """

  static let openAI = """
    {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}, \
    {"role": "assistant", "content": [{"type": "text", "text": "Be"}, {"type": "text", "text": "cause."}]}], \
    "model": "gpt-4o"}

    {"messages": [{"role": "user", "name": "Ann", "content": "Sum"}, {"role": "assistant", "content": null, \
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}]}, \
    {"role": "tool", "tool_call_id": "c1", "content": "3"}, {"role": "assistant", "name": "Bot", "content": "3."}]}
    """

  /// What a file holds; nil if it is not recognised.
  static func transcripts(
    _ text: String, name: String = "file.json", isNamed: Bool = false, as format: ForeignFormat? = nil
  ) throws -> [Transcript]? {
    let directory = try TemporaryDirectory()
    let path = try directory.write(text, to: name)
    let candidate = TranscriptFiles.Candidate(path: path, isNamed: isNamed)
    guard let source = try TranscriptSource(candidate, as: format) else { return nil }
    return try source.indices.map { try source.transcript(at: $0) }
  }
}

extension Transcript {
  /// The turns as `speaker: text`.
  var lines: [String] { turns.map { "\($0.speaker): \($0.text)" } }

  /// The participants as `name model: system prompt`.
  var cast: [String] { header.participants.map { "\($0.name) \($0.model): \($0.systemPrompt ?? "-")" } }
}
