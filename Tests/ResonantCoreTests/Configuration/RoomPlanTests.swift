// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

/// Plans of rooms.
struct RoomPlanTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    let models = "providers: [{url: 'builtin:', models: ['eliza', 'parry', 'script:lines.json']}]"
    try directory.write("{\(models), intro: 1}", to: "rooms/a.json5")
    try directory.write("{\(models), moderator: {url: 'ollama', model: 'm'}}", to: "rooms/b.json5")
    try directory.write("{providers: [{url: 'builtin:', models: ['eliza']}]}", to: "rooms/alone.json5")
    try directory.write(
      "// room\n{providers: [{url: 'builtin:', models: ['hal', 'echo']}]}", to: "rooms/hal.json5")
    try directory.write("[\"one\", \"two\"]", to: "rooms/lines.json")
  }

  private func read(_ text: String) throws -> Plan {
    try Plan.read(
      try PlanFile(name: directory.path("p.yaml"), bytes: Array(text.utf8)), environment: [:])
  }

  private func error(_ text: String) -> String {
    refusal { try read(text) }.replacing(directory.path + "/", with: "")
  }

  @Test func aRoomOfAPlanIsObservedOnly() throws {
    let plan = try read("base: {party: rooms/a.json5, topic: tea, max_turns: 5}")
    let conversation = plan.conversations[0]
    #expect(conversation.participants.map(\.name) == ["eliza", "parry", "lines"])
    #expect(conversation.participants.map(\.model) == ["eliza", "parry", "script:rooms/lines.json"])
    #expect(conversation.directory == directory.path)
    #expect(conversation.room?.topic == "tea" && conversation.settings.maxTurns == 5)
    #expect(conversation.recorded["party"]?["human_speaker"] == false)
    #expect(
      plan.warnings.map { $0.replacing(directory.path + "/", with: "") } == [
        "rooms/a.json5: intro (line 1): unknown key, which has no effect; did you mean intros?"
      ])
    #expect(plan.experiment.base["party"] == "rooms/a.json5")
  }

  @Test func anyOptionOfARoomMakesConditions() throws {
    let plan = try read(
      """
      base: {max_turns: 5}
      matrix:
        party: [rooms/a.json5, rooms/b.json5]
        topic: [tea, milk]
        words: [20]
        order: [random, vote]
        party.max_triggers: [0, 3]
        payload.temperature: [0.5]
      """)
    #expect(plan.conversations.count == 16)
    #expect(
      plan.experiment.conditions.last?.label
        == "party=rooms/b.json5,topic=milk,words=20,order=vote,party.max_triggers=3,payload.temperature=0.5")
    let last = try #require(plan.conversations.last)
    #expect(last.room?.maxTriggers == 3 && last.room?.topic == "milk" && last.room?.wordLimit == 20)
    #expect(last.settings.order == .vote)
    #expect(last.participants.allSatisfy { $0.payload == ["temperature": 0.5] })
    #expect(last.moderator?.payload == [:])
    #expect(plan.twins.isEmpty)
    #expect(Set(plan.lanes.keys) == ["builtin:", "http://localhost:11434/api/chat"])
  }

  @Test func theModeratorsEndpointMayBeLimited() throws {
    let plan = try read(
      "base: {party: rooms/b.json5, topic: tea, max_turns: 5}\nlimits: {endpoints: {ollama: 1}}")
    #expect(plan.lanes["http://localhost:11434/api/chat"]?.limit == 1)
  }

  @Test(arguments: [
    (
      "{party: rooms/a.json5, topic: tea}",
      "p.yaml: base (line 1): a room in a batch needs max_turns, or it would"
    ),
    ("{party: rooms/a.json5, max_turns: 5}", "p.yaml: base (line 1): a room in a batch needs a topic"),
    (
      "{party: none.json5, topic: tea}",
      "p.yaml: base.party (line 1): the config can't be read: there is no file none"
    ),
    (
      "{party: rooms/alone.json5, topic: tea, max_turns: 5}",
      "rooms/alone.json5: providers[0].models[0] (line 1): is alone; no person takes part in a batch"
    ),
    (
      "{party: rooms/hal.json5, topic: tea, max_turns: 5}",
      "rooms/hal.json5: providers[0].models[0] (line 2): hal: there is no builtin model"
    ),
    (
      "{party: rooms/a.json5, topic: tea, max_turns: 5, opening: Hi}",
      "p.yaml: base.opening (line 1): is for chats, and cannot be given together with party"
    ),
    ("{endpoint: ollama, model: m, words: 5}", "p.yaml: base.words (line 1): is for rooms, and needs party"),
    (
      "{party: {providers: 1}, topic: tea}",
      "p.yaml: base.party.providers (line 1): must be a list of objects"
    ),
    (
      "{party: rooms/a.json5, topic: tea, max_turns: 5, order: moderator}",
      "p.yaml: base.order"
    ),
    (
      "{party: rooms/a.json5, party.intro: true, topic: tea, max_turns: 5}",
      "p.yaml: base.party.intro (line 1): unknown option; did you mean intros?"
    ),
    (
      "{party: rooms/a.json5, topic: tea, max_turns: 5, party.intros: 1}",
      "p.yaml: base.party.intros (line 1): must be true or false, not a number"
    ),
  ])
  func whatARoomOfAPlanCannotHaveIsRefused(base: String, message: String) {
    let refused = error("base: " + base)
    #expect(refused.hasPrefix(message), "\(refused)")
  }

  @Test func aConfigInAPlanKeepsItsSecretsToItself() throws {
    let config =
      "{providers: [{url: 'http://h/v1?k=s3cret', token: s3cret, models: [a, b], headers: {X: s3cret}}]}"
    let plan = try read("base: {topic: tea, max_turns: 5}\nmatrix: {party: [\(config)]}")
    let text = plan.experiment.json.jsonText + plan.experiment.conditions.map(\.label).joined()
    #expect(!text.contains("s3cret") && text.contains("***"))
    #expect(
      plan.conversations[0].participants[0].endpoint.headers.map(\.value) == ["s3cret", "Bearer s3cret"])
  }

  @Test func theForecastCountsIntroductionsAndVotes() throws {
    func forecast(_ options: String) throws -> BatchForecast {
      let plan = try read("base: {party: rooms/b.json5, topic: tea, max_turns: 5, \(options)}\nrepeats: 2")
      let run = RunDirectory(in: directory.path("runs"), name: "x")
      return try Batch(plan: plan, directory: run).forecast
    }
    func requests(_ options: String) throws -> Int { try forecast(options).cost.requests }
    let note = ", and those in which moderators check replies for interrupts\n"
    #expect(try "\(forecast("order: random"))".contains("requests    at most 16" + note))
    #expect(try !"\(forecast("party.interrupts: false"))".contains(note))
    #expect(try !"\(forecast("party.max_triggers: 0"))".contains(note))
    #expect(try requests("order: random") == 2 * (3 + 5))
    #expect(try requests("order: random, party.intros: false") == 2 * 5)
    #expect(try requests("order: moderator") == 2 * (3 + 5 * 2))
    #expect(try requests("order: vote") == 2 * (3 + 5 * 4))
  }
}
