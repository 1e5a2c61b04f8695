// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

@Suite struct TemplateTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func resolve(_ lines: String, _ options: JSONObject = [:]) throws -> ResolvedConversation {
    let path = try directory.write(lines, to: "t.jsonl")
    return try resolved(options.merging(["template": .string(path)]) { $1 })
  }

  @Test func linesBecomeParticipantsWithTheirPlaceholdersFilled() throws {
    let resolved = try resolve(
      """
      {"system_prompt": "You are {lm1_actor} of {lm1_company}. {other} {\\"a\\": {lm9_actor}}", "context": []}

      {"context": [{"role": "user", "content": "Talk to {lm1_actor}, {lm3_actor}."}]}
      {"system_prompt": "{lm3_company}"}

      """,
      ["model": "maker/m", "alice_name": "Ada {lm2_actor}", "system_prompt": "common"])
    #expect(resolved.participants.map(\.name) == ["Ada {lm2_actor}", "Bob", "Participant 3"])
    #expect(
      resolved.participants.map { $0.systemPrompt?.string } == [
        #"You are Ada {lm2_actor} of maker. {other} {"a": {lm9_actor}}"#, nil, "maker",
      ])
    #expect(
      resolved.participants[1].preamble == [Message(.user, "Talk to Ada {lm2_actor}, Participant 3.")])
    #expect(resolved.settings.opening == nil)
    #expect(resolved.settings.stopPhrases == ["^C^C"])
  }

  @Test func whatIsSaidOfOneParticipantBeatsItsLine() throws {
    let lines =
      #"{"system_prompt":"a"}"# + "\n" + #"{"system_prompt":"b"}"# + "\n" + #"{"system_prompt":"c"}"#
    let resolved = try resolve(
      lines, ["bob_system_prompt": "mine", "participant": [["name": "Carol"]], "stop_phrase": ["end"]])
    #expect(resolved.participants.map(\.name) == ["Alice", "Bob", "Carol"])
    #expect(resolved.participants.map { $0.systemPrompt?.string } == ["a", "mine", "c"])
    #expect(resolved.settings.stopPhrases == ["end", "^C^C"])
  }

  @Test(arguments: [
    ("{}", "t.jsonl: a template needs at least two participants, one a line; this one has 1"),
    ("{}\n{\"cli\":true}", "t.jsonl, line 2: a participant that is a command line (cli) is not supported"),
    ("{}\n\n[]", "t.jsonl, line 3: must be a JSON object, not an array"),
    ("{}\n{", "t.jsonl, line 2: is no JSON"),
    ("{}\n{\"contxt\":[]}", "t.jsonl, line 2: unknown key contxt; did you mean context?"),
    ("{}\n{\"context\":[{}]}", "t.jsonl, line 2: context: message 0 (counted from 0) has no role"),
  ])
  func wrongTemplatesNameTheLine(lines: String, message: String) throws {
    let refused = refusal { try resolve(lines) }
    #expect(refused.hasPrefix("--template: "))
    #expect(refused.contains(message))
  }

  @Test func aParticipantTooManyIsRefused() {
    let message = refusal { try resolve("{}\n{}", ["participant": [["name": "C"]]]) }
    #expect(message.hasPrefix("--participant [0]: is one too many: the template has 2 participants"))
  }

  @Test func aParticipantWithoutAModelIsRefused() {
    let options: JSONObject = ["model": "", "alice_model": "a", "bob_model": "b"]
    #expect(refusal { try resolve("{}\n{}\n{}", options) }.hasPrefix("no model for Participant 3"))
  }
}
