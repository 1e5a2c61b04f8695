// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

/// The room of a config in the text of a JSON5 file.
func room(
  _ text: String, _ context: ResolutionContext = context(), options: JSONObject = [:]
) throws -> ResolvedConversation {
  let file = try PlanFile(name: "room.json5", bytes: Array(text.utf8))
  let options = try Options.read(options, source: .commandLine, context: context)
  let room = try Options.room(file, context: context)
  return try ResolvedConversation.resolve(room.overlaid(by: options), context: context)
}

/// The config of a room: what it accepts, what it makes of it, and what it refuses.
struct RoomConfigTests {
  /// The example of Tea Party's README, in content.
  private static let example = """
    {
      // comments, trailing commas and unquoted keys are fine
      $schema: "./config.schema.json",
      providers: [
        {url: "https://openrouter.ai/api/v1", token: "sk-or-1", models: [
          "anthropic/claude-sonnet-4", 'google/gemini-2.5-pro',
        ]},
        {url: 'http://localhost:11434/v1/', token: 'dummy', models: ['llama3.3:70b']},
      ],
      human_speaker: false,
      interrupt_threshold: 7,
      moderator: {url: "https://openrouter.ai/api/v1", token: "${KEY}", model: "openai/gpt-5-mini"},
    }
    """
  private static let keys = context(["KEY": "sesame-9", "MODEL": "org/m.1"])

  @Test func aConfigOfTeaPartyIsAccepted() throws {
    let room = try room(Self.example, Self.keys)
    #expect(room.warnings.isEmpty)
    #expect(room.participants.map(\.name) == ["claude-sonnet-4", "gemini-2.5-pro", "llama3.3:70b"])
    #expect(
      room.participants.map(\.model) == [
        "anthropic/claude-sonnet-4", "google/gemini-2.5-pro", "llama3.3:70b",
      ])
    #expect(
      room.participants.map(\.endpoint.display) == [
        "https://openrouter.ai/api/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions",
        "http://localhost:11434/v1/chat/completions",
      ])
    #expect(
      room.participants.map { $0.endpoint.headers.map(\.value) } == [
        ["Bearer sk-or-1"], ["Bearer sk-or-1"], ["Bearer dummy"],
      ])
    #expect(
      room.participants.allSatisfy {
        $0.systemPrompt?.string.contains($0.name) == true && $0.preamble.isEmpty && !$0.isHuman
      })
    #expect(room.moderator?.model == "openai/gpt-5-mini")
    #expect(room.moderator?.endpoint.headerReferences == ["Authorization": "Bearer ${KEY}"])
    #expect(room.moderator?.endpoint.headers.map(\.value) == ["Bearer sesame-9"])
    let settings = try #require(room.room)
    #expect(settings.introductions && settings.interrupts)
    #expect(settings.interruptThreshold == 7 && settings.maxTriggers == 5 && settings.wordLimit == nil)
  }

  @Test func aRoomHasDefaultsOfItsOwn() throws {
    let room = try room("{providers: [{url: 'builtin:', models: ['eliza', 'parry']}]}")
    #expect(room.mode == .party)
    #expect(room.participants.map(\.name) == ["eliza", "parry", "human"])
    #expect(room.participants.map(\.isHuman) == [false, false, true])
    #expect(room.facts.map(\.human) == [false, false, true])
    #expect(room.settings.maxTurns == nil && room.settings.opening == nil && room.settings.order == .random)
    #expect(room.moderator == nil)
    #expect(room.recorded["max_turns"] == nil && room.recorded["no_opening"] == nil)
  }

  /// Text of a provider, and what it is asked through: URL, dialect, headers.
  @Test(
    arguments: [
      ("url: 'http://h/api'", "http://h/api/chat/completions", "openai", []),
      ("url: 'http://h/v1/chat/completions'", "http://h/v1/chat/completions", "openai", []),
      ("url: 'http://h:11434/api/chat', token: 't'", "http://h:11434/api/chat", "ollama", ["Bearer t"]),
      ("url: 'http://h/v1/messages', token: 't'", "http://h/v1/messages", "anthropic", ["t"]),
      (
        "url: 'http://h/v1', api: 'anthropic', token: '${KEY}'", "http://h/v1/messages", "anthropic",
        ["sesame-9"]
      ),
      ("url: 'anthropic', token: 't'", "https://api.anthropic.com/v1/messages", "anthropic", ["t"]),
      ("url: 'ollama', token: null", "http://localhost:11434/api/chat", "ollama", []),
      (
        "url: 'http://h', token: 't', headers: {authorization: 'mine'}", "http://h/chat/completions",
        "openai", ["mine"]
      ),
      (
        "url: 'http://h', token: 't', headers: {'X-A': 'b'}", "http://h/chat/completions", "openai",
        ["b", "Bearer t"]
      ),
    ] as [(String, String, String, [String])])
  func aProviderIsReachedAsItSays(text: String, url: String, api: String, headers: [String]) throws {
    let room = try room("{providers: [{\(text), models: ['a']}]}", Self.keys)
    let endpoint = room.participants[0].endpoint
    #expect(endpoint.display == url && endpoint.api.rawValue == api)
    #expect(endpoint.headers.map(\.value) == headers)
    #expect(room.participants.count == 2)
  }

  /// Models, with whether they are builtin, and their names.
  @Test(
    arguments: [
      ("a/b/c.1:x", false, "c.1:x", "a/b/c.1:x", "c-1-x"), ("plain", false, "plain", "plain", "plain"),
      ("${MODEL}", false, "m.1", "org/m.1", "m-1"), ("m#2", false, "m#2", "m#2", "m-2"),
      ("eliza", true, "eliza", "eliza", "eliza"), ("eliza#Dr. Joy", true, "Dr. Joy", "eliza", "Dr--Joy"),
      ("script:lines/ada.json", true, "ada", "script:lines/ada.json", "ada"),
      ("script:ada", true, "ada", "script:ada", "ada"), ("script:.x", true, ".x", "script:.x", "-x"),
      ("replay:runs/tea.jsonl#gemma-3", true, "gemma-3", "replay:runs/tea.jsonl", "gemma-3"),
      ("a/ünïcode", false, "ünïcode", "a/ünïcode", "-n-code"),
    ] as [(String, Bool, String, String, String)])
  func modelsHaveReadableNames(
    written: String, isBuiltin: Bool, name: String, model: String, apiName: String
  ) throws {
    let url = isBuiltin ? "builtin:" : "http://h/v1"
    let room = try room("{providers: [{url: '\(url)', models: ['\(written)']}]}", Self.keys)
    #expect(room.participants[0].name == name && room.participants[0].model == model)
    let model = RoomModel(written: name, isBuiltin: false, provider: 0, path: "")
    #expect(model.apiName == apiName)
  }

  @Test func filesOfBuiltinModelsAreRelativeToTheConfig() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "{providers: [{url: 'builtin:', models: ['script:ada.json', 'script:/abs.json', 'echo']}]}",
      to: "rooms/tea.json5")
    for (path, model) in [
      ("rooms/tea.json5", "script:rooms/ada.json"), ("./rooms/tea.json5", "script:rooms/ada.json"),
      (directory.path("rooms/tea.json5"), "script:\(directory.path)/rooms/ada.json"),
    ] {
      let place = context(directory: directory.path)
      let room = try ResolvedConversation.resolve(
        options: ["party": .string(path)], source: .commandLine, context: place)
      #expect(room.participants.map(\.model) == [model, "script:/abs.json", "echo", ""])
      #expect(room.directory == directory.path)
    }
  }

  @Test func theUsualConfigIsLookedForByItsTwoNames() throws {
    let directory = try TemporaryDirectory()
    let here = context(directory: directory.path)
    #expect(refusal { try here.usualConfig() }.hasPrefix("there is no config.json5 and no config.json here"))
    try directory.write("{}", to: "config.json")
    #expect(try here.usualConfig() == "config.json")
    try directory.write("{}", to: "config.json5")
    #expect(try here.usualConfig() == "config.json5")
  }

  @Test func aProvidersOwnPayloadReplacesTheCommonOne() throws {
    let text = """
      {providers: [{url: 'http://h/v1', models: ['a'], payload: {top_k: 3}}, {url: 'http://h/v1', models: ['b']}],
       moderator: {url: 'http://h/v1', model: 'c'}}
      """
    let room = try room(text, options: ["payload": ["temperature": 1]])
    #expect(room.participants.prefix(2).map(\.payload) == [["top_k": 3], ["temperature": 1]])
    #expect(room.moderator?.payload == [:])
    #expect(room.recorded["payload"] == nil)
  }

  @Test func unknownKeysWarn() throws {
    let text = """
      {$schema: 1, providers: [
        {url: 'builtin:', models: ['eliza'], modles: []}],
       intro: false,
       moderator: {url: 'builtin:', model: 'echo', name: 'm'}}
      """
    #expect(
      try room(text).warnings == [
        "room.json5: intro (line 3): unknown key, which has no effect; did you mean intros?",
        "room.json5: providers[0].modles (line 2): unknown key, which has no effect; did you mean models?",
        "room.json5: moderator.name (line 4): unknown key, which has no effect",
      ])
  }

  /// Configs and the messages that refuse them.
  static let mistakes: [(config: String, message: String)] = [
    ("[]", "room.json5: must be an object of keys, not an array"),
    ("{\n\nproviders: [}", "room.json5 (line 3): is no JSON: expected a value, found '}' (column 13)"),
    ("{a: 1}", "room.json5 (line 1): has no providers, a list of objects with url and models"),
    ("// c\n{\nproviders: {}}", "room.json5: providers (line 3): must be a list of objects, not an object"),
    ("{\n// c\nproviders: []}", "room.json5: providers (line 3): is empty; a room needs at least one model"),
    (
      "{providers: [\n1]}",
      "room.json5: providers[0] (line 2): must be an object with url and models, not a number"
    ),
    ("{providers: [{models: ['a']}]}", "room.json5: providers[0] (line 1): has no url"),
    (
      "{providers: [{url: 1, models: ['a']}]}",
      "room.json5: providers[0].url (line 1): must be a string, not a number"
    ),
    ("{providers: [{url: '', models: ['a']}]}", "room.json5: providers[0].url (line 1): is empty"),
    (
      "{providers: [{url: 'localhost', models: ['a']}]}",
      "room.json5: providers[0].url (line 1): this is neither a URL that begins with http:// or https://, nor"
    ),
    ("{providers: [{url: 'http://h'}]}", "room.json5: providers[0] (line 1): has no models, a list of names"),
    (
      "{providers: [{url: 'http://h',\nmodels: 'abc'}]}",
      "room.json5: providers[0].models (line 2): must be a list of names, not a string"
    ),
    (
      "{providers: [{url: 'http://h', models: []}]}",
      "room.json5: providers[0].models (line 1): is empty; a provider needs at least one model"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a',\n2]}]}",
      "room.json5: providers[0].models[1] (line 2): must be a string, not a number"
    ),
    (
      "{providers: [{url: 'http://h', models: ['']}]}",
      "room.json5: providers[0].models[0] (line 1): is empty"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a/']}]}",
      "room.json5: providers[0].models[0] (line 1): has no visible name, or one with control characters"
    ),
    (
      "{providers: [{url: 'http://h', models: ['${NOWHERE}']}]}",
      "room.json5: providers[0].models[0] (line 1): the environment variable NOWHERE is not set"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'],\ntoken: ''}]}",
      "room.json5: providers[0].token (line 2): is empty; write ${NAME} for a variable, or leave it out if the"
        + " server needs none"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'], token: 5}]}",
      "room.json5: providers[0].token (line 1): must be a string, not a number"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'],\n token: '${NOWHERE}'}]}",
      "room.json5: providers[0].token (line 2): the environment variable NOWHERE is not set"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'], token: 'a\\nb'}]}",
      "room.json5: providers[0].token (line 1): header Authorization: the value holds a line break"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'], api: 'smtp'}]}",
      "room.json5: providers[0].api (line 1): must be one of openai, anthropic, ollama"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'], headers: 'x'}]}",
      "room.json5: providers[0].headers (line 1): must be an object, not a string"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'], headers: {\nA: null}}]}",
      "room.json5: providers[0].headers.A (line 2): header A: the value is null, not a string, number or boolean"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'], payload: [1]}]}",
      "room.json5: providers[0].payload (line 1): must be an object, not an array"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a'], payload: {x: '${NOWHERE}'}}]}",
      "room.json5: providers[0].payload.x (line 1): the environment variable NOWHERE is not set"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a/m']},\n {url: 'http://i', models: [\n'a/m']}]}",
      "room.json5: providers[1].models[0] (line 3): is named m, as is providers[0].models[0] (line 1); names must"
        + " differ"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a/m', 'b/m']}]}",
      "room.json5: providers[0].models[1] (line 1): is named m, as is providers[0].models[0] (line 1); names must"
        + " differ"
    ),
    (
      "{providers: [{url: 'http://h', models: ['b.2', 'b-2']}]}",
      "room.json5: providers[0].models[1] (line 1): is named b-2, which is b-2 in requests, as is b.2,"
        + " providers[0].models[0] (line 1)"
    ),
    (
      "{providers: [{url: 'http://h', models: ['x/human']}]}",
      "room.json5: providers[0].models[0] (line 1): is named human, which no model may be"
    ),
    (
      "{providers: [{url: 'http://h', models: ['moderator']}]}",
      "room.json5: providers[0].models[0] (line 1): is named moderator, which no model may be"
    ),
    (
      "{providers: [{url: 'http://h', models: ['a']}], human_speaker: false}",
      "room.json5: providers[0].models[0] (line 1): is alone; a room needs a second model, or a person"
        + " (human_speaker: true)"
    ),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsNamedWithItsPlace(config: String, message: String) {
    let refused = refusal { try room(config) }
    #expect(refused == message || refused.hasPrefix(message), "\(refused)")
  }

  /// Keys of a config whose models are right, with the messages that refuse them.
  @Test(arguments: [
    ("human_speaker: 'false'", "human_speaker (line 2): must be true or false, not a string"),
    ("intros: 1", "intros (line 2): must be true or false, not a number"),
    ("interrupts: 'no'", "interrupts (line 2): must be true or false, not a string"),
    ("interrupt_threshold: 0", "interrupt_threshold (line 2): must be a whole number from 1 to 10, not 0"),
    ("interrupt_threshold: 11", "interrupt_threshold (line 2): must be a whole number from 1 to 10, not 11"),
    (
      "interrupt_threshold: 2.7", "interrupt_threshold (line 2): must be a whole number from 1 to 10, not 2.7"
    ),
    (
      "interrupt_threshold: '9'",
      "interrupt_threshold (line 2): must be a whole number from 1 to 10, not \"9\""
    ),
    ("max_triggers: -1", "max_triggers (line 2): must be a whole number of at least 0, not -1"),
    ("moderator: 'gpt'", "moderator (line 2): must be an object with url and model, not a string"),
    ("moderator: {model: 'm'}", "moderator (line 2): has no url"),
    ("moderator: {url: 'ollama'}", "moderator (line 2): has no model"),
    ("moderator: {url: 'ollama', model: ''}", "moderator.model (line 2): is empty"),
    ("moderator: {url: 'ollama', model: 'm',\n token: ' '}", "moderator.token (line 3): is empty"),
    ("moderator: {url: 'gopher', model: 'm'}", "moderator.url (line 2): this is neither a URL"),
    (
      "moderator: {url: 'ollama', model: 'm', token: '${NOWHERE}'}",
      "moderator.token (line 2): the environment"
    ),
  ])
  func aWrongValueIsNamedWithItsPlace(text: String, message: String) {
    let refused = refusal {
      try room("{providers: [{url: 'builtin:', models: ['eliza', 'parry']}],\n\(text)}")
    }
    #expect(refused.hasPrefix("room.json5: " + message), "\(refused)")
  }

  @Test func boundsAreAllowed() throws {
    for text in ["interrupt_threshold: 1", "interrupt_threshold: 10", "max_triggers: 0", "moderator: null"] {
      _ = try room("{providers: [{url: 'builtin:', models: ['eliza', 'parry']}], \(text)}")
    }
  }

  @Test func secretsAreInNoMessage() {
    for text in [
      "url: 'http://h v1?k=s3cret', models: ['a']", "url: 'http://h', token: 's3cret\\n', models: ['a']",
      "url: 'http://h', headers: {A: 's3cret\\n'}, models: ['a']",
    ] {
      #expect(!refusal { try room("{providers: [{\(text)}]}") }.contains("s3cret"))
    }
  }
}
