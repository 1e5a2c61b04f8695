// SPDX-License-Identifier: MIT

import FoundationEssentials
import TestSupport
import Testing

@testable import ResonantCore

/// What follows from the description of an option, for each of them. A new option that is forgotten anywhere fails here.
struct OptionTableTests {
  private static let base: JSONObject = [
    "endpoint": "http://localhost:9/v1/chat/completions", "model": "m", "participant": [["name": "Carol"]],
    "seed": 1,
  ]

  private static let config: JSONObject = [
    "providers": [["url": "http://localhost:9/v1", "models": ["a", "b"]]]
  ]
  private static let room: JSONObject = ["party": .object(config), "seed": 1]

  private let directory: TemporaryDirectory
  private let environment: ResolutionContext

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("from a file", to: "text.txt")
    environment = context(["KEY": "sesame-9"], directory: directory.path)
  }

  /// A value that is not the default.
  private static func sample(_ option: ChatOption) -> JSONValue {
    switch option.kind {
    case .text: option.field == "endpoint" ? "http://localhost:8/v1/chat/completions" : "Eve"
    case .path: "runs"
    case .command: "/bin/sh"
    case .textFile: "text.txt"
    case .integer, .seed: 7
    case .seconds: 7.5
    case .boolean: true
    case .object: ["X-Note": "${KEY}"]
    case .moderator: ["endpoint": "http://localhost:7/v1", "model": "judge"]
    case .party: .object(config.merging(["intros": false]) { $1 })
    case .preamble: [["role": "user", "content": "u"]]
    case .template: [["system_prompt": "a"], ["system_prompt": "b"], ["system_prompt": "c"]]
    case .texts: ["x"]
    case .participants: [["name": "Carol", "model": "z"]]
    case .choice(let words): .string(words[1])
    }
  }

  private func resolved(
    _ options: JSONObject, in mode: Transcript.Mode = .chat
  ) throws -> ResolvedConversation {
    let source = OptionSource.file("plan.yaml", path: "base")
    let options = (mode == .chat ? Self.base : Self.room).merging(options) { $1 }
    return try ResolvedConversation.resolve(options: options, source: source, context: environment)
  }

  private func transcript(_ conversation: ResolvedConversation) -> Transcript {
    conversation.transcript(id: "1", created: Date(timeIntervalSince1970: 0))
  }

  private func resumed(
    _ conversation: ResolvedConversation, as way: Continuing = .resumed, with overrides: JSONObject = [:]
  ) throws -> ResolvedConversation {
    let overrides = try Options.read(overrides, source: .commandLine, context: environment)
    return try ResolvedConversation.continuing(
      transcript(conversation), file: "t.jsonl", as: way, overrides: overrides, context: environment)
  }

  /// An option with a value, in a kind of conversation that has it.
  private struct Sample {
    var option: ChatOption
    var options: JSONObject
    var mode = Transcript.Mode.chat
  }

  /// Each option of a conversation, for chats and for rooms, and each option of a participant in the object of
  /// one.
  private static let samples: [Sample] =
    [Transcript.Mode.chat, .party].flatMap { mode in
      OptionTable.all.filter { $0.scope != .process && $0.applies(to: mode) }.map { option in
        var options: JSONObject = [option.key: option.key == "order" ? "chain" : sample(option)]
        if option.kind == .moderator { options["order"] = "moderator" }
        return Sample(option: option, options: options, mode: mode)
      }
    }
    + OptionTable.ownOptions.map { field, option in
      var carol: JSONObject = ["name": "Carol"]
      carol[field] = sample(option)
      return Sample(option: option, options: ["participant": .array([.object(carol)])])
    }

  @Test func eachOptionOfAParticipantHasAKeyForEachOfTheFirstTwo() {
    for field in OptionTable.ownOptions.keys {
      for side in OptionTable.sides { #expect(OptionTable[side.prefix + field]?.field == field) }
    }
  }

  @Test func eachFlagOfTheProcessIsNoKeyOfAPlan() {
    for option in OptionTable.all where option.scope == .process {
      #expect(refusal { try resolved([option.key: true]) }.contains("is a flag of the command line only"))
    }
  }

  @Test(arguments: samples.indices)
  func anOptionHasAnEffectIsRecordedComesBackOnResumeAndContradictsAsItSays(
    index: Int
  ) throws {
    let (option, options, mode) = (
      Self.samples[index].option, Self.samples[index].options, Self.samples[index].mode
    )
    let unchanged = try resolved([:], in: mode)
    let plain = transcript(unchanged)
    let conversation = try resolved(options, in: mode)
    var unrecorded = conversation
    unrecorded.recorded = unchanged.recorded
    #expect(unrecorded != unchanged, "\(option.key) has no effect")
    let changed = transcript(conversation)
    let isRecorded = option.scope != .output
    #expect((changed.header != plain.header || changed.preambles != plain.preambles) == isRecorded)
    let again = try resumed(conversation)
    #expect(transcript(again).header == changed.header && again.preambles == changed.preambles)
    #expect(again.settings == conversation.settings && again.request == conversation.request)
    #expect((conversation.contradiction(with: plain) != nil) == option.shapesConversation, "\(option.key)")
  }

  @Test(arguments: samples.indices)
  func anOptionDoesToAResumedConversationWhatItSays(index: Int) throws {
    let (option, options, mode) = (
      Self.samples[index].option, Self.samples[index].options, Self.samples[index].mode
    )
    // An object of a further participant names whom it is about.
    let isObject = options["participant"] != nil
    if isObject, option.resumption != .overrides { return }
    let begun = try resolved([:], in: mode)
    switch option.resumption {
    case .refused:
      #expect(
        refusal { try resumed(begun, with: options) }
          == "\(option.flag): cannot change in a conversation that has begun")
    case .ignored, .overridesInBranch:
      #expect(ResolvedConversation.ignoredFlags(among: options) == [option.flag])
      #expect(try resumed(begun, with: options) == resumed(begun))
    case .overrides where option.key == "no_save":
      #expect(refusal { try resumed(begun, with: options) }.hasPrefix("--no-save: cannot be given"))
    case .overrides:
      #expect(try resumed(begun, with: options) != resumed(begun), "\(option.key)")
    }
  }

  @Test(arguments: samples.indices)
  func anOptionDoesToABranchWhatItSays(index: Int) throws {
    let (option, options, mode) = (
      Self.samples[index].option, Self.samples[index].options, Self.samples[index].mode
    )
    if options["participant"] != nil || option.resumption == .refused { return }
    let begun = try resolved([:], in: mode)
    for way in [Continuing.branch(hasTurns: true), .branch(hasTurns: false)] {
      let isIgnored = option.resumption == .ignored && way == .branch(hasTurns: true)
      #expect(ResolvedConversation.ignoredFlags(among: options, way) == (isIgnored ? [option.flag] : []))
      #expect((try resumed(begun, as: way, with: options) == resumed(begun, as: way)) == isIgnored)
    }
  }

  @Test func defaultsOfTheHelpAreThoseOfTheSettings() {
    #expect(OptionTable["max_turns"]?.fallback == "30")
    #expect(OptionTable["opening"]?.fallback == "Hello!")
    #expect(OptionTable["idle_timeout"]?.fallback == "120")
    #expect(OptionTable["order"]?.fallback == "round-robin")
    #expect(OptionTable["no_stream"]?.fallback == nil)
    #expect(OptionTable["order"]?.inRoom.fallback == "random")
    #expect(OptionTable["max_turns"]?.inRoom.fallback == nil)
    #expect(OptionTable["max_chars"]?.inRoom.fallback == "10000")
    #expect(OptionTable["seed"]?.inRoom.fallback == "random")
    #expect(OptionTable["bob_name"]?.fallback == "Bob")
  }
}
