// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

/// What is refused, and where the error says it stood.
@Suite struct RefusalTests {
  @Test(
    arguments: [
      ("max_turns", 0, "--max-turns: must be at least 1, not 0"),
      ("max_turns", 2.5, "--max-turns: must be a whole number, not 2.5"),
      ("max_turns", "3", "--max-turns: must be a number, not a string"),
      ("max_chars", -2, "--max-chars: must be at least 1, not -2"),
      ("retries", -1, "--retries: must be at least 0, not -1"),
      ("budget_tokens", 0, "--budget-tokens: must be at least 1, not 0"),
      ("idle_timeout", 0, "--idle-timeout: must be a number of seconds above 0"),
      ("delay", -0.5, "--delay: must be a number of seconds from 0"),
      ("seed", -1, "--seed: must be a whole number from 0 to 18446744073709551615"),
      ("filter_thinking", "yes", "--filter-thinking: must be true or false, not a string"),
      ("api", "smtp", "--api: must be one of openai, anthropic, ollama; not 'smtp'"),
      ("order", "moderator", "--order: needs --moderator, an object with endpoint and model"),
      ("moderator", "{}", "--moderator: has no endpoint"),
      ("moderator", ["endpoint": "builtin:"], "--moderator: has no model"),
      (
        "moderator", ["endpoint": "builtin:", "modle": "m"],
        "--moderator modle: unknown key; did you mean model?"
      ),
      (
        "moderator", ["endpoint": "builtin:", "model": "m"],
        "--moderator: is asked only with --order moderator"
      ),
      ("moderator.name", "m", "--moderator name: unknown key"), ("words", 3, "--words: is for rooms"),
      ("topic", "tea", "--topic: is for rooms"), ("party.intros", false, "--party: has no providers"),
      ("opening", "", "--opening: must not be empty"),
      ("stop_phrase", [""], "--stop-phrase [0]: must not be empty"),
      ("headers", "{", "--headers: is no JSON: line 1"),
      ("headers", "[]", "--headers: must be a JSON object, not an array"),
      ("payload", "[1]", "--payload: must be a JSON object, not an array"),
      ("headers", ["X-A": .null], "--headers: header X-A"),
      ("payload", "@absent.json", "--payload: there is no file absent.json"),
      ("alice_preamble", "absent.json", "--alice-preamble: there is no file absent.json"),
      ("opening_file", "absent.txt", "--opening-file: there is no file absent.txt"),
      ("opening_file", "/dev/zero", "--opening-file: the file /dev/zero is larger than 64 MB"),
      ("payload", "@/dev/zero", "--payload: the file /dev/zero is larger than 64 MB"),
      ("name", "a/b", "--name: must be a plain file name"),
      ("name", "..", "--name: must be a plain file name"),
      ("bob_name", "Alice", "--bob-name: two participants are named Alice"),
      ("alice_name", "Bob", "--alice-name: two participants are named Bob"),
      ("participant", [["model": "x"]], "--participant [0]: needs a name"),
      ("participant", [["name": "Bob"]], "--participant [0].name: two participants are named Bob"),
      (
        "participant", [["name": "C", "modle": "x"]],
        "--participant [0].modle: unknown key; did you mean model?"
      ),
      ("participant", ["{"], "--participant [0]: is no JSON"),
      ("verbose", true, "--verbose: is a flag of the command line only"),
      ("max_turn", 3, "--max-turn: unknown option; did you mean max_turns?"),
      ("top_p", 1, "--top-p: unknown option; a parameter of the model goes into the payload: payload.top_p"),
      ("opening", true, "--opening: must be a string, not a boolean; quotes make it one"),
      ("model.x", 3, "--model x: only the fields of headers, payload, moderator and party"),
    ] as [(String, JSONValue, String)])
  func wrongValuesNameTheirFlag(key: String, value: JSONValue, message: String) {
    #expect(refusal { try resolved([key: value]) }.hasPrefix(message))
  }

  @Test(arguments: [
    ("null", "must be a JSON array of messages, not null"),
    (#"[{"role":"user","content":"a"},5]"#, "message 1 (counted from 0) must be an object, not a number"),
    (#"[{"content":"a"}]"#, "message 0 (counted from 0) has no role"),
    (#"[{"role":"tool","content":"a"}]"#, "has a role that is none of user, assistant, system"),
    (#"[{"role":"user"}]"#, "has no content"),
    (#"[{"role":"user","content":null}]"#, "has a content that is null and must be a string"),
  ])
  func wrongPreamblesNameTheMessage(text: String, message: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(text, to: "p.json")
    let refused = refusal { try resolved(["bob_preamble": .string(path)]) }
    #expect(refused.hasPrefix("--bob-preamble: \(path)"))
    #expect(refused.hasSuffix(message))
  }

  @Test func endpointAndModelAreNeeded() {
    let none = refusal { try ResolvedConversation.resolve(Options(), context: context()) }
    #expect(none == "no endpoint for Alice; give --endpoint, or both --alice-endpoint and --bob-endpoint")
    let half: JSONObject = ["endpoint": "builtin:", "alice_model": "eliza", "model": ""]
    let model = refusal {
      try ResolvedConversation.resolve(options: half, source: .commandLine, context: context())
    }
    #expect(model == "no model for Bob; give --model, or both --alice-model and --bob-model")
  }

  @Test func anOptionAndItsFileExcludeEachOther() throws {
    let path = try TemporaryDirectory().path("absent")
    let message = refusal { try resolved(["opening": "a", "opening_file": .string(path)]) }
    #expect(message == "--opening-file: cannot be given together with --opening")
    let none = refusal { try resolved(["opening": "a", "no_opening": true]) }
    #expect(none == "--opening: cannot be given together with --no-opening")
  }

  @Test func anErrorInATextFromAFileNamesTheFilesFlag() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("", to: "empty.txt")
    #expect(
      refusal { try resolved(["opening_file": .string(path)]) }.hasPrefix("--opening-file: must not be empty")
    )
  }

  @Test func aWrongEndpointIsBlamedOnTheOneThatGaveIt() {
    #expect(refusal { try resolved(["bob_endpoint": "ftp://x"]) }.hasPrefix("--bob-endpoint:"))
    #expect(refusal { try resolved(["endpoint": "http://${ABSENT}/v1"]) }.hasPrefix("--endpoint:"))
  }
}
