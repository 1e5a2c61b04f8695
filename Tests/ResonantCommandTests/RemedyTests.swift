// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// A hint that does not help is worse than none: each is followed, and then the conversation goes on.
struct RemedyTests {
  static let paths = [Refusal.openAI, Refusal.anthropic, Refusal.ollama]

  static let fullContexts: [(path: String, words: String, status: Int)] = [
    (
      Refusal.openAI, "This model's maximum context length is 4321 tokens. Please reduce the length.", 400
    ),
    (Refusal.anthropic, "prompt is too long: 5000 tokens > 4321 maximum", 400),
    (Refusal.ollama, "request (5000 tokens) exceeds the available context size (4321 tokens)", 500),
  ]

  static let fewerTurns: [Refusal] = fullContexts.map { path, words, status in
    Refusal(
      path: path, rule: { $0.roles.count > 4 ? Refusal.error(path, status, words) : nil },
      first: ["--max-turns", "8"], said: ["4321 tokens", "--max-turns", "--max-chars"],
      second: ["--max-turns", "3"])
  }

  static let context: [Refusal] = [
    Refusal(
      path: Refusal.openAI,
      rule: {
        $0.characters > 300
          ? Refusal.error(
            Refusal.openAI, 429,
            "Request too large for m on tokens per min (TPM): Limit 50, Requested 99. The input or output tokens must "
              + "be reduced.") : nil
      },
      first: ["--opening", String(repeating: "word ", count: 100)], said: ["--max-chars"], second: []),
    Refusal(
      path: Refusal.openAI,
      rule: { request in
        let event =
          #"event: error\#ndata: {"error":"Trying to keep the first 10136 tokens when context the overflows. "#
          + #"However, the model is loaded with context length of only 7866 tokens, which is not enough."}"#
          + "\n\n"
        return request.characters > 400 ? .text(event, type: "text/event-stream") : nil
      },
      first: ["--opening", String(repeating: "word ", count: 100)], said: ["context of 7866 tokens"],
      second: []),
    Refusal(
      path: Refusal.openAI,
      rule: {
        ($0.json["max_tokens"]?.int ?? 0) > 500
          ? Refusal.error(
            Refusal.openAI, 400,
            "This model's maximum context length is 1000 tokens. However, you requested 1100 tokens (100 in the "
              + "messages, 1000 in the completion).") : nil
      },
      first: ["--payload", #"{"max_tokens":1000}"#],
      said: ["context of 1000 tokens", "a smaller max_tokens in --payload"],
      second: ["--payload", #"{"max_tokens":100}"#]),
    Refusal(
      path: Refusal.ollama,
      rule: {
        $0.json["options"]?["num_ctx"] == nil
          ? Refusal.error(Refusal.ollama, 400, "the input length exceeds the context length") : nil
      },
      first: [], said: ["a larger options.num_ctx in --payload"],
      second: ["--payload", #"{"options":{"num_ctx":8192}}"#]),
  ]

  /// Templates, which see what all dialects send them alike.
  static func roles(_ path: String) -> [Refusal] {
    [
      Refusal(
        path: path,
        rule: { request in
          let spoken = request.templateRoles.drop { $0 == "system" }
          let isStrict = spoken.enumerated().allSatisfy {
            $0.element == ($0.offset % 2 == 0 ? "user" : "assistant")
          }
          return isStrict
            ? nil
            : Refusal.error(
              path, 500, "Jinja Exception: Conversation roles must alternate user/assistant/user/…")
        },
        first: ["--roles", "as-is"], said: ["must alternate", "--roles alternate"],
        second: ["--roles", "alternate"]),
      Refusal(
        path: path,
        rule: { request in
          request.templateRoles.first { $0 != "system" } == "user"
            ? nil : Refusal.error(path, 400, "A conversation must start with a user message.")
        },
        first: ["--roles", "as-is"], said: ["--roles alternate"], second: ["--roles", "alternate"]),
      Refusal(
        path: path,
        rule: {
          $0.templateRoles.contains("system") ? Refusal.error(path, 400, "System role not supported") : nil
        },
        first: [], said: [#"--system-prompt """#], second: ["--system-prompt", ""],
        unadvised: "--roles alternate"),
      // Templates of Mistral's that count the system prompt as a turn.
      Refusal(
        path: path,
        rule: {
          $0.templateRoles.first == "user"
            ? nil
            : Refusal.error(path, 400, "Conversation roles must alternate user/assistant/user/assistant/...")
        },
        first: ["--roles", "alternate"], said: [#"--system-prompt """#],
        second: ["--roles", "alternate", "--system-prompt", ""], unadvised: "--roles alternate"),
      Refusal(
        path: path,
        rule: {
          $0.roles.last == "user"
            ? nil : Refusal.error(path, 400, "Expected last role User or Tool for serving but got assistant")
        },
        first: ["--no-opening", "--alice-preamble", "ends.json"],
        said: ["preamble", "end with a user message"],
        second: ["--no-opening", "--alice-preamble", "asks.json"],
        files: [
          "ends.json": #"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#,
          "asks.json":
            #"[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]"#,
        ]),
    ]
  }

  static let template = """
    {"system_prompt": "You are {lm1_actor}, alone.", "context": []}
    {"system_prompt": "You are a shell.", "context": [{"role": "user", "content": "anybody?"}]}

    """

  /// No reply, or a refusal, where no message is a user's.
  static func nothing(_ path: String) -> [Refusal] {
    let silent = Refusal.reply(path, ending: path == Refusal.ollama ? "load" : "stop")
    let refused = Refusal.error(path, 500, "Jinja Exception: No user query found in messages.")
    let cases: [(answer: Answer, flags: [String])] = [
      (silent, ["--no-opening"]), (silent, ["--template", "rooms.jsonl"]), (refused, ["--no-opening"]),
    ]
    return cases.map { answer, flags in
      Refusal(
        path: path, rule: { $0.userSays ? nil : answer }, first: flags + ["--roles", "as-is"],
        said: ["Alice", "--roles alternate"], second: flags + ["--roles", "alternate"],
        files: ["rooms.jsonl": template])
    }
  }

  static func blank(_ path: String) -> Refusal {
    let silent = Refusal.reply(path, ending: "stop")
    return Refusal(
      path: path, rule: { $0.userSays ? nil : silent },
      first: ["--no-opening", "--alice-preamble", "blank.json"],
      said: ["Alice", "blank"], second: ["--no-opening", "--alice-preamble", "text.json"],
      unadvised: "--roles",
      files: [
        "blank.json": #"[{"role":"user","content":""}]"#,
        "text.json": #"[{"role":"user","content":"Begin."}]"#,
      ])
  }

  static let filters: [(path: String, reason: String)] = [
    (Refusal.openAI, "content_filter"), (Refusal.anthropic, "refusal"), (Refusal.openAI, "SAFETY"),
  ]

  static let filtered: [Refusal] = filters.map { path, reason in
    Refusal(
      path: path,
      rule: { $0.spoken.first == "user: Hello!" ? Refusal.reply(path, ending: reason) : nil },
      first: [], said: ["Bob", "(finish reason: \(reason))", "withheld", "--opening"],
      second: ["--opening", "Good day."])
  }

  static let empty: [Refusal] = [
    Refusal(
      path: Refusal.openAI,
      rule: {
        ($0.json["max_tokens"]?.int ?? 999) < 100
          ? .openAI(.thinking("hm"), ending: .init(reason: "length")) : nil
      },
      first: ["--payload", #"{"max_tokens":50}"#],
      said: ["Bob", "reasoning but no text", "length", "max_tokens"],
      second: ["--payload", #"{"max_tokens":200}"#]),
    Refusal(
      path: Refusal.openAI,
      rule: {
        ($0.json["max_completion_tokens"]?.int ?? 999) < 100
          ? Refusal.reply(Refusal.openAI, ending: "length") : nil
      },
      first: ["--payload", #"{"max_completion_tokens":50}"#],
      said: ["empty", "a larger max_completion_tokens"],
      second: ["--payload", #"{"max_completion_tokens":200}"#]),
    Refusal(
      path: Refusal.openAI,
      rule: { $0.json["max_tokens"] == nil ? Refusal.reply(Refusal.openAI, ending: "length") : nil },
      first: [], said: ["allow it more tokens: max_tokens in --payload"],
      second: ["--payload", #"{"max_tokens":200}"#]),
    Refusal(
      path: Refusal.anthropic,
      rule: {
        ($0.json["max_tokens"]?.int ?? 0) < 5000
          ? Refusal.reply(Refusal.anthropic, ending: "max_tokens") : nil
      },
      first: [], said: ["empty", "a larger max_tokens in --payload"],
      second: ["--payload", #"{"max_tokens":8000}"#]),
    Refusal(
      path: Refusal.ollama,
      rule: {
        ($0.json["options"]?["num_predict"]?.int ?? 0) < 100
          ? Refusal.reply(Refusal.ollama, ending: "length") : nil
      },
      first: ["--payload", #"{"options":{"num_predict":5}}"#], said: ["a larger options.num_predict"],
      second: ["--payload", #"{"options":{"num_predict":500}}"#]),
    Refusal(
      path: Refusal.ollama,
      rule: {
        $0.json["options"]?["num_ctx"] == nil ? Refusal.reply(Refusal.ollama, ending: "length") : nil
      },
      first: [], said: ["a larger options.num_ctx"],
      second: ["--payload", #"{"options":{"num_ctx":8192}}"#]),
  ]

  static let usedUp: [(path: String, status: Int, words: String, type: String)] = [
    (Refusal.openAI, 429, "You exceeded your current quota, please check your plan.", "insufficient_quota"),
    (Refusal.openAI, 402, "Insufficient Balance", "unknown_error"),
    (Refusal.anthropic, 400, "Your credit balance is too low to access the Anthropic API.", "none"),
    (Refusal.ollama, 402, "pay", "none"),
  ]

  static let quotas: [Refusal] = usedUp.map { path, status, words, type in
    Refusal(
      path: path,
      rule: { $0.header("x-key") == "rich" ? nil : Refusal.error(path, status, words, type: type) },
      first: ["--headers", #"{"X-Key":"poor"}"#], said: ["quota is used up", "another key"],
      second: ["--headers", #"{"X-Key":"rich"}"#])
  }

  static let credits: [Refusal] = [
    Refusal(
      path: Refusal.openAI,
      rule: {
        $0.json["max_tokens"] == nil
          ? Refusal.error(
            Refusal.openAI, 402,
            "This request requires more credits, or fewer max_tokens. You requested up to 16384 tokens, but can only "
              + "afford 3919.") : nil
      },
      first: [], said: ["a smaller max_tokens in --payload"],
      second: ["--payload", #"{"max_tokens":3000}"#])
  ]

  /// Anthropic's dialect puts all system messages into one.
  static let systems: [Refusal] = [Refusal.openAI, Refusal.ollama].map { path in
    Refusal(
      path: path,
      rule: {
        $0.templateRoles.dropFirst().contains("system")
          ? Refusal.error(path, 500, "Jinja Exception: System message must be at the beginning.") : nil
      },
      first: ["--bob-preamble", "system.json"], said: ["--system-prompt"],
      second: ["--bob-system-prompt", "Be Bob. Be brief."],
      files: ["system.json": #"[{"role":"system","content":"Be brief."}]"#])
  }

  static let parameters: [Refusal] = [
    Refusal(
      path: Refusal.openAI,
      rule: {
        $0.json["max_tokens"] == nil
          ? nil
          : Refusal.error(
            Refusal.openAI, 400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
          )
      },
      first: ["--payload", #"{"max_tokens":50}"#], said: ["use max_completion_tokens instead of max_tokens"],
      second: ["--payload", #"{"max_completion_tokens":50}"#]),
    Refusal(
      path: Refusal.openAI,
      rule: {
        $0.json["temperature"] == nil
          ? nil
          : Refusal.error(
            Refusal.openAI, 400,
            "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is "
              + "supported.")
      },
      first: ["--payload", #"{"temperature":0.2,"seed":3}"#], said: ["leave temperature out of --payload"],
      second: ["--payload", #"{"seed":3}"#], unadvised: "seed out"),
    Refusal(
      path: Refusal.openAI,
      rule: {
        $0.json["stream"] == true
          ? Refusal.error(
            Refusal.openAI, 400, "Unsupported value: 'stream' does not support true with this model.") : nil
      },
      first: [], said: ["--no-stream"], second: ["--no-stream"]),
    Refusal(
      path: Refusal.anthropic,
      rule: {
        $0.json["min_p"] == nil
          ? nil : Refusal.error(Refusal.anthropic, 400, "min_p: Extra inputs are not permitted")
      },
      first: ["--payload", #"{"min_p":0.1}"#], said: ["leave min_p out of --payload"], second: []),
    Refusal(
      path: Refusal.anthropic,
      rule: {
        ($0.json["max_tokens"]?.int ?? 0) > 9000
          ? Refusal.error(
            Refusal.anthropic, 400,
            "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for m") : nil
      },
      first: ["--payload", #"{"max_tokens":64000}"#], said: ["use a smaller max_tokens"],
      second: ["--payload", #"{"max_tokens":8192}"#]),
    Refusal(
      path: Refusal.ollama,
      rule: {
        $0.json["think"] == nil ? nil : Refusal.error(Refusal.ollama, 400, #""m" does not support thinking"#)
      },
      first: ["--payload", #"{"think":true}"#], said: ["leave think out of --payload"], second: []),
  ]

  static let tools: [Refusal] = [
    (Refusal.openAI, #""auto" tool choice requires --enable-auto-tool-choice to be set"#),
    (Refusal.openAI, "No endpoints found that support tool use"),
    (Refusal.anthropic, "Thinking may not be enabled when tool_choice forces tool use"),
    (Refusal.ollama, "registry.ollama.ai/library/m does not support tools"),
  ].map { path, words in
    Refusal(
      path: path, rule: { $0.json["tools"] == nil ? nil : Refusal.error(path, 400, words) },
      first: ["--payload", #"{"tools":[{"name":"f"}]}"#], said: [words, "leave tools out of --payload"],
      second: [])
  }

  static let models: [Refusal] = [
    (Refusal.openAI, "The model `m` does not exist or you do not have access to it.", "resonant check"),
    (Refusal.anthropic, "model: m", "resonant check"),
    (Refusal.ollama, #"model "m" not found, try pulling it first"#, "'ollama pull m'"),
  ].map { path, words, advice in
    Refusal(
      path: path,
      rule: { $0.json["model"] == "there" ? nil : Refusal.error(path, 404, words, type: "not_found_error") },
      first: [], said: ["'m'", advice], second: ["--model", "there"])
  }

  static let keys: [Refusal] = [
    (Refusal.openAI, "Authorization", "Bearer "), (Refusal.anthropic, "x-api-key", ""),
    (Refusal.ollama, "Authorization", "Bearer "),
  ].flatMap { path, name, prefix -> [Refusal] in
    let rule: Refusal.Rule = {
      $0.header(name) == prefix + "right-1"
        ? nil : Refusal.error(path, 401, "no", type: "authentication_error")
    }
    let header = #"{"\#(name)": "\#(prefix)${NAME}"}"#
    return [
      Refusal(
        path: path, rule: rule, first: [], said: ["give the endpoint's key", header],
        second: ["--headers", header], environment: ["NAME": "right-1"]),
      Refusal(
        path: path, rule: rule, first: ["--headers", #"{"\#(name)":"\#(prefix)wrong-1"}"#],
        said: ["check the key", "--headers"], second: ["--headers", header], unadvised: "${NAME}",
        environment: ["NAME": "right-1"]),
    ]
  }

  static let all: [[Refusal]] = [
    fewerTurns, context, paths.flatMap(roles), systems, paths.flatMap(nothing), [blank(Refusal.openAI)],
    filtered,
    empty,
    parameters, tools, models, keys, quotas, credits,
  ]

  @Test(arguments: all.flatMap { $0 })
  func followingTheAdviceHelps(refusal: Refusal) async throws {
    let arena = try await Arena { refusal.rule($0) ?? Refusal.reply(refusal.path, "reply \($0.number)") }
      .speaking(refusal.path)
    for (name, text) in refusal.files { try arena.directory.write(text, to: name) }
    let failed = try await arena.chat(["--max-turns", "4", "--no-html"] + refusal.first)
    #expect(failed.exitCode == 1, "\(failed)")
    for part in refusal.said {
      #expect(failed.errors.contains(part), "\(part) is missing in \(failed.errors)")
    }
    #expect(!failed.errors.contains(refusal.unadvised), "\(failed)")
    let bodies = arena.server.requests.map(\.body)
    #expect(bodies.last != bodies.dropLast().last, "a refusal that is final was asked for again")

    let helped = try await arena.chat(
      ["--max-turns", "4", "--no-html"] + refusal.second, environment: refusal.environment)
    #expect(helped.exitCode == 0, "\(helped)")
  }
}
