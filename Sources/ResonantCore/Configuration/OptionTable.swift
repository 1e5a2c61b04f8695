// SPDX-License-Identifier: MIT

/// The one list of the options of a conversation. Flags, keys of plans, recorded settings and errors all go by it.
public enum OptionTable {
  /// In the order of the help.
  public static let all: [ChatOption] = endpoints + prompts + course + requests + output + process

  private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

  /// The option of that key; nil when there is none.
  public static subscript(key: String) -> ChatOption? { byKey[key] }

  /// The keys that an object of a further participant may have.
  static let participantKeys = [
    "name", "endpoint", "model", "api", "headers", "payload", "system_prompt", "preamble", "top_level_system",
  ]

  /// The options that each of the first two participants has beside the common one.
  static let sides = ["alice_", "bob_"]

  private static let endpoints: [ChatOption] = [
    .init(
      "endpoint", .text(), .conversation,
      "URL, base URL, preset (ollama, lmstudio, llamacpp, vllm, openai, anthropic, openrouter) or builtin:."),
    .init("alice_endpoint", .text(), .conversation, "Endpoint of the first participant."),
    .init("bob_endpoint", .text(), .conversation, "Endpoint of the second participant."),
    .init("model", .text(), .conversation, "Model of every participant."),
    .init("alice_model", .text(), .conversation, "Model of the first participant."),
    .init("bob_model", .text(), .conversation, "Model of the second participant."),
    .init(
      "api", .choice(API.allCases.map(\.rawValue)), .conversation, default: "from the URL",
      "Wire format of the requests."),
    .init(
      "alice_api", .choice(API.allCases.map(\.rawValue)), .conversation, "Format for the first participant."),
    .init(
      "bob_api", .choice(API.allCases.map(\.rawValue)), .conversation, "Format for the second participant."),
    .init(
      "headers", .object, .conversation,
      "HTTP headers, a JSON object; ${NAME} in a value is read from the environment."),
    .init(
      "alice_headers", .object, .conversation,
      "Headers for the first participant, instead of the common ones."),
    .init(
      "bob_headers", .object, .conversation, "Headers for the second participant, instead of the common ones."
    ),
    .init(
      "payload", .object, .conversation,
      "Further fields of the request body, a JSON object such as {\"temperature\": 1}; ${NAME} in a string is read"
        + " from the environment."),
    .init(
      "alice_payload", .object, .conversation, "Fields for the first participant, instead of the common ones."
    ),
    .init(
      "bob_payload", .object, .conversation, "Fields for the second participant, instead of the common ones."),
  ]

  private static let prompts: [ChatOption] = [
    .init("alice_name", .text(), .conversation, default: "Alice", "Name of the first participant."),
    .init("bob_name", .text(), .conversation, default: "Bob", "Name of the second participant."),
    .init(
      "participant", .participants, .conversation,
      "A further participant: an object with name and any of endpoint, model, api, headers, payload,"
        + " system_prompt, preamble, top_level_system. Repeatable."),
    .init(
      "template", .template, .conversation,
      "Participants from a file: one JSON object with system_prompt and context a line."
        + " Implies --no-opening and the stop phrase ^C^C."),
    .init(
      "system_prompt", .text(blank: true), .conversation, default: "two AIs with complete freedom",
      "System prompt of every participant; \"\" for none."),
    .init(
      "alice_system_prompt", .text(blank: true), .conversation, "System prompt of the first participant."),
    .init("bob_system_prompt", .text(blank: true), .conversation, "System prompt of the second participant."),
    .init(
      "system_prompt_file", .textFile(for: "system_prompt"), .conversation,
      "System prompt of every participant, from a file."),
    .init(
      "alice_system_prompt_file", .textFile(for: "alice_system_prompt"), .conversation,
      "The first participant's, from a file."),
    .init(
      "bob_system_prompt_file", .textFile(for: "bob_system_prompt"), .conversation,
      "The second participant's, from a file."),
    .init(
      "top_level_system", .boolean, .conversation,
      "Send the system prompt in the body's field system, not as a message."),
    .init("alice_top_level_system", .boolean, .conversation, "The same for the first participant alone."),
    .init("bob_top_level_system", .boolean, .conversation, "The same for the second participant alone."),
    .init(
      "alice_preamble", .preamble, .conversation,
      "JSON array of messages that only the first participant sees, before everything else."),
    .init("bob_preamble", .preamble, .conversation, "The same for the second participant."),
    .init(
      "opening", .text(blank: true), .conversation, default: "Hello!",
      "What the first participant says first."),
    .init("opening_file", .textFile(for: "opening"), .conversation, "The opening from a file."),
    .init("no_opening", .boolean, .conversation, "Let the first participant generate the first turn."),
  ]

  private static let course: [ChatOption] = [
    .init(
      "max_turns", .integer(atLeast: 1), .conversation, default: "30",
      "Maximum number of messages, the opening included."),
    .init(
      "max_chars", .integer(atLeast: 1), .conversation, default: "10000",
      "Longest reply, in characters; a longer one is cut, as is one that goes on with nothing but white space."
    ),
    .init(
      "order", .choice(SpeakerOrder.allCases.map(\.rawValue)), .conversation, default: "round-robin",
      "Who speaks next. (chain, vote and moderator: not in this version yet)"),
    .init(
      "moderator", .object, .conversation, "The model that --order moderator asks. (not in this version yet)"),
    .init(
      "roles", .choice(RolePolicy.allCases.map(\.rawValue)), .conversation,
      default: "as-is; alternate for Anthropic",
      "Send messages as they are, or merged so that user and assistant alternate."),
    .init("filter_thinking", .boolean, .conversation, "Hide <think> spans from the other participants."),
    .init("no_stream", .boolean, .conversation, "Ask for whole replies instead of streams."),
    .init(
      "stop_phrase", .texts, .conversation, "End after a reply that contains this text. Repeatable."),
    .init(
      "stop_on_loop", .boolean, .conversation,
      "End when the participants repeat themselves word for word, or say next to nothing: 40 letters a turn."),
    .init(
      "budget_tokens", .integer(atLeast: 1), .conversation,
      "Start no further turn once this many tokens are used, prompts included."),
    .init(
      "seed", .seed, .conversation, default: "random",
      "Seed of every random choice, also of the builtin models."),
  ]

  private static let requests: [ChatOption] = [
    .init("connect_timeout", .seconds(zero: false), .request, default: "10", "Seconds to connect."),
    .init(
      "first_byte_timeout", .seconds(zero: false), .request, default: "600",
      "Seconds until the first event of a reply."),
    .init(
      "idle_timeout", .seconds(zero: false), .request, default: "120",
      "Seconds between two events of a reply."),
    .init(
      "retries", .integer(atLeast: 0), .request, default: "3",
      "Further attempts after a transient failure. A `Retry-After` is waited for without spending one, up to half an hour a turn."
    ),
    .init("delay", .seconds(zero: true), .request, default: "0", "Seconds to pause between turns."),
  ]

  private static let output: [ChatOption] = [
    .init("out", .path, .output, default: ".", "Directory of the files, created if missing."),
    .init(
      "name", .text(), .output, default: "from the models",
      "Name of the files without .jsonl and .html; must not exist yet."),
    .init("no_html", .boolean, .output, "Write no HTML page."),
    .init("no_save", .boolean, .output, "Write no file at all."),
    .init("pandoc_path", .command, .output, default: "from PATH", "The pandoc that renders the page."),
    .init("show_thinking", .boolean, .output, "Show reasoning that comes in fields of its own, dimmed."),
  ]

  private static let process: [ChatOption] = [
    .init(
      "format", .choice(["text", "ndjson"]), .process, default: "text", "What goes to standard output."),
    .init("quiet", .boolean, .process, "Print nothing but warnings and errors."),
    .init(
      "color", .choice(["auto", "always", "never"]), .process, default: "auto", "Whether to use colour."),
    .init("verbose", .boolean, .process, "Report each request and response on standard error."),
  ]
}
