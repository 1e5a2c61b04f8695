// SPDX-License-Identifier: MIT

import OrderedCollections

/// All options of conversations, in the order of the help. Flags, keys of plans, recorded settings and
/// errors are derived from this table.
public enum OptionTable {
  public static let all = concatenated([models, prompts, rooms, turns, requests, output, process])

  private static func concatenated(_ lists: [[ChatOption]]) -> [ChatOption] { lists.flatMap(\.self) }

  /// What most new conversations need. The help shows these; the others, only `--help-hidden`.
  static let frequent: Set = [
    "endpoint", "model", "payload", "system_prompt", "opening", "topic", "words", "max_turns", "order",
    "filter_thinking", "stop_on_loop", "budget_tokens", "seed", "out", "name", "format", "quiet", "verbose",
  ]

  /// The same for a conversation that goes on from a transcript.
  static let frequentInContinuation: Set = [
    "endpoint", "model", "headers", "party", "max_turns", "budget_tokens", "name", "quiet",
  ]

  private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

  public static subscript(key: String) -> ChatOption? { byKey[key] }

  /// The models, and how their endpoints are reached.
  public static let models: [ChatOption] = concatenated([
    participant(
      "endpoint", .text(), value: "url",
      all:
        "URL, base URL, preset (ollama, lmstudio, llamacpp, vllm, openai, anthropic, openrouter) or builtin:.",
      each: { "Endpoint of the \($0) participant." }),
    participant(
      "model", .text(), value: "name", all: "Model of every participant.",
      each: { "Model of the \($0) participant." }),
    participant(
      "api", .choice(API.allCases.map(\.rawValue)), default: "from the URL",
      all: "Wire format of the requests.", each: { "Format for the \($0) participant." }),
    participant(
      "headers", .object, .access,
      all: "HTTP headers, a JSON object; ${NAME} in a value is read from the environment.",
      each: { "Headers for the \($0) participant, instead of the common ones." }),
    participant(
      "payload", .object, only: nil,
      all:
        "Further fields of the request body, such as {\"temperature\": 1}; ${NAME} in a string is read from the"
        + " environment.",
      each: { "Fields for the \($0) participant, instead of the common ones." }),
  ])

  private static let names = participant(
    "name", .text(), value: "name", onResume: .refused, each: { "Name of the \($0) participant." })

  private static let instructions: [ChatOption] = concatenated([
    participant(
      "system_prompt", .text(blank: true), default: "two AIs with complete freedom",
      all: "Common system prompt; \"\" for none.",
      each: { "System prompt of the \($0) participant." }),
    participant(
      "system_prompt_file", .textFile(for: "system_prompt"),
      all: "System prompt of every participant, from a file.",
      each: { "The \($0) participant's, from a file." }),
    participant(
      "top_level_system", .boolean, .conversation,
      all: "Send the system prompt in the body's field system, not as a message.",
      each: { "The same for the \($0) participant alone." }),
    participant(
      "preamble", .preamble, onResume: .overridesInBranch,
      each: {
        $0 == "first"
          ? "JSON array of messages that only the first participant sees, before everything else."
          : "The same for the \($0) participant."
      }),
  ])

  /// The options that a participant's object may contain, each described as the option of the first
  /// participant.
  static let ownOptions: OrderedDictionary<String, ChatOption> = concatenated([
    names, models, instructions,
  ]).reduce(into: [:]) {
    if case .textFile = $1.kind { return }
    if let field = $1.field, $1.participant == 0 { $0[field] = $1 }
  }

  /// The participants, and what each is given before the first turn.
  public static let prompts: [ChatOption] = concatenated([names, groups, instructions, openings])

  private static let groups: [ChatOption] = [
    .init(
      "participant", .participants, .participant, only: .chat,
      "A further participant: an object with name and any of"
        + " \(ownOptions.keys.dropFirst().joined(separator: ", ")). Repeatable."),
    .init(
      "template", .template, .participant, onResume: .refused, only: .chat,
      "Participants from a file: one JSON object with system_prompt and context a line."
        + " Implies --no-opening and the stop phrase \(TemplateFile.stopPhrase)."),
  ]

  private static let openings: [ChatOption] = [
    .init(
      "opening", .text(blank: true), .conversation, gives: Setting(\.conversation.opening),
      onResume: .ignored, only: .chat,
      "What is said first."),
    .init(
      "opening_file", .textFile(for: "opening"), .conversation, onResume: .ignored, only: .chat,
      "The opening from a file."),
    .init(
      "no_opening", .boolean, .conversation, gives: Setting(\.conversation.hasNoOpening), onResume: .ignored,
      only: .chat,
      "Let the first participant generate the first turn."),
  ]

  /// What only rooms have.
  public static let rooms: [ChatOption] = [
    .init(
      "party", .party, .conversation, only: .party,
      "The config of a room."),
    .init(
      "topic", .text(), .conversation, gives: Setting(\.room.topic), onResume: .overridesInBranch,
      only: .party,
      "What the room talks about."),
    .init(
      "topic_file", .textFile(for: "topic"), .conversation, onResume: .overridesInBranch, only: .party,
      "The topic from a file."),
    .init(
      "words", .integer(atLeast: 1), .conversation, gives: Setting(\.room.wordLimit), only: .party,
      "Most words of a message, which the models are told."),
  ]

  /// The course of a conversation, and when it ends.
  public static let turns: [ChatOption] = [
    .init(
      "max_turns", .integer(atLeast: 1), .conversation, gives: Setting(\.conversation.maxTurns),
      "Most messages, the opening included."),
    .init(
      "max_chars", .integer(atLeast: 1), .conversation, gives: Setting(\.conversation.maxChars),
      "Longest reply, in characters; a longer one is cut, as is one that goes on with nothing but white space."
    ),
    .init(
      "order", .choice(SpeakerOrder.allCases.map(\.rawValue)), .conversation,
      gives: Setting(\.conversation.order),
      "Who speaks next; chain: whom the speaker names; vote: whom all choose."),
    .init(
      "moderator", .moderator, .conversation, only: .chat,
      "The model that --order moderator asks: an object with endpoint, model and any of"
        + " \(OptionReader.moderatorKeys.dropFirst(2).joined(separator: ", "))."),
    .init(
      "roles", .choice(RolePolicy.allCases.map(\.rawValue)), .conversation,
      default: "as-is; alternate for Anthropic",
      "Send messages as they are, or merged so that user and assistant alternate."),
    .init(
      "filter_thinking", .boolean, .conversation, gives: Setting(\.conversation.filterThinking),
      "Hide <think> spans from the other participants."),
    .init(
      "no_stream", .boolean, .conversation, gives: Setting(not: \.conversation.stream),
      "Ask for whole replies instead of streams."),
    .init(
      "stop_phrase", .texts, .conversation, gives: Setting(\.conversation.stopPhrases),
      "End after a reply that contains this text. Repeatable."),
    .init(
      "stop_on_loop", .boolean, .conversation, gives: Setting(\.conversation.stopOnLoop),
      "End when the participants repeat themselves word for word, or say next to nothing: 40 letters a turn."),
    .init(
      "budget_tokens", .integer(atLeast: 1), .conversation, gives: Setting(\.conversation.budgetTokens),
      "Start no turn once so many tokens are used."),
    .init(
      "seed", .seed, .trial, gives: Setting(\.conversation.seed), default: "random",
      "Seed of all random choices."),
  ]

  /// Timeouts, retries and the like.
  public static let requests: [ChatOption] = [
    .init(
      "connect_timeout", .seconds(zero: false), .request, gives: Setting(\.request.connectTimeout),
      "Seconds to connect."),
    .init(
      "first_byte_timeout", .seconds(zero: false), .request, gives: Setting(\.request.firstByteTimeout),
      "Seconds until the first event of a reply."),
    .init(
      "idle_timeout", .seconds(zero: false), .request, gives: Setting(\.request.idleTimeout),
      "Seconds between two events of a reply."),
    .init(
      "retries", .integer(atLeast: 0), .request, gives: Setting(\.request.retries),
      "Further attempts after a transient failure. A `Retry-After` is waited for without spending one, up to half an hour a turn."
    ),
    .init(
      "delay", .seconds(zero: true), .request, gives: Setting(\.conversation.delay),
      "Seconds to pause between turns."),
  ]

  /// The files of a conversation, and their content.
  public static let output: [ChatOption] = [
    .init(
      "out", .path, .output, gives: Setting(\.output.directory), "Directory of the files."
    ),
    .init(
      "name", .text(), .output, gives: Setting(\.output.name), value: "basename", default: "from the models",
      "Name of the new files, without .jsonl and .html."),
    .init("no_html", .boolean, .output, gives: Setting(not: \.output.html), "Write no HTML page."),
    .init("no_save", .boolean, .output, gives: Setting(not: \.output.save), "Write no file at all."),
    .init(
      "pandoc_path", .command, .output, gives: Setting(\.output.pandocPath), default: "from PATH",
      "The pandoc that renders the page."),
    .init(
      "show_thinking", .boolean, .output, gives: Setting(\.output.showThinking),
      "Show reasoning that comes in fields of its own, dimmed."),
  ]

  private static let process: [ChatOption] = [
    .init("format", .choice(["text", "ndjson"]), .process, "What goes to standard output."),
    .init("quiet", .boolean, .process, "Print nothing but warnings and errors."),
    .init("color", .choice(["auto", "always", "never"]), .process, "Whether to use colour."),
    .init("verbose", .boolean, .process, "Report each request and response on standard error."),
  ]
}

extension ConversationSettings {
  fileprivate var hasNoOpening: Bool {
    get { opening == nil }
    set { if newValue { opening = nil } }
  }
}
