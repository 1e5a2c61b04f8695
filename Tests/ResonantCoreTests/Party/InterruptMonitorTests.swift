// SPDX-License-Identifier: MIT

import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct InterruptMonitorTests {
  // MARK: Pure

  /// New code points, whether a sentence ends among them, seconds since the last check (nil for none), and
  /// whether a check is due.
  static let moments: [(Int, Bool, Double?, Bool)] = [
    (79, true, nil, false), (80, true, nil, true), (80, false, nil, false), (199, false, nil, false),
    (200, false, nil, true), (80, true, 1.4, false), (80, true, 1.5, true), (300, true, 1.4, false),
    (0, false, 9, false),
  ]

  @Test(arguments: moments)
  func aCheckNeedsTextAnEndAndTime(count: Int, hasEnd: Bool, since: Double?, isDue: Bool) {
    for end in [".", "!", "?", "\n"] {
      var schedule = CheckSchedule()
      var shown = ""
      if since != nil {
        shown = String(repeating: "é", count: 200)
        let isFirstDue = schedule.isDue(shown.unicodeScalars, at: 100)
        #expect(isFirstDue)
      }
      shown += hasEnd ? end + String(repeating: "é", count: count - 1) : String(repeating: "é", count: count)
      let answer = schedule.isDue(shown.unicodeScalars, at: 100 + (since ?? 0))
      #expect(answer == isDue)
      let again = schedule.isDue(shown.unicodeScalars, at: 100 + (since ?? 0))
      #expect(!again)
    }
  }

  @Test(
    arguments: [
      (#"{"score":9,"rationale":"tar"}"#, 9, "tar"), (#"{"score":7.5,"rationale":""}"#, 8, ""), ("8", 8, nil),
      ("7.4", 7, nil), (#"{"score":3}"#, 3, nil), (#"{"rationale":"x"}"#, nil, nil), ("null", nil, nil),
      (#""9""#, nil, nil), ("1e300", nil, nil), ("[9]", nil, nil),
    ] as [(String, Int?, String?)])
  func aScoreIsAnObjectOrANumber(json: String, value: Int?, rationale: String?) throws {
    let score = Score(try JSONValue.parse(json.utf8))
    #expect(score?.value == value)
    #expect(score?.rationale == rationale)
  }

  // MARK: In a room

  private static let call = "score_triggers"
  private static let text = String(repeating: "The gull hates tar. ", count: 5)

  /// A room in which A speaks, hangs after its text, and all others have triggers. The moderator's answers are
  /// given; once it has none, A ends.
  private func stage(
    _ lines: [ScriptedModel.Line], threshold: Int = 8, others: [String] = ["b.2"], until count: Int? = nil
  ) -> (stage: RoomStage, moderator: ScriptedModel) {
    let moderator = ScriptedModel(lines)
    let a = Speaker(text: Self.text, asked: { moderator.requests.count }, until: count ?? lines.count)
    let setting = ScriptedModel.Line.calls(
      [("set_triggers", #"{"triggers":["tar","boats"]}"#)], saying: "yes")
    var stage = RoomStage(
      others.map { ($0, ScriptedModel([setting, .says("I")])) } + [("A", a)])
    stage.moderator = moderator
    stage.room.interruptThreshold = threshold
    stage.settings.maxTurns = others.count + 2
    return (stage, moderator)
  }

  /// Says enough for one check more whenever the moderator has been asked, until that has been asked often enough or
  /// the reply is cut.
  private struct Speaker: ChatModel {
    let text: String
    let asked: @Sendable () -> Int
    let until: Int
    func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
      let deadline = ContinuousClock.now + .seconds(60)
      var heeded = -1
      while attempt.live.verdict == nil, ContinuousClock.now < deadline {
        let asked = asked()
        if asked > heeded { for _ in 0..<3 where attempt.live.append(text) {} }
        heeded = asked
        for _ in 0..<20 { await Task.yield() }
        if asked >= until { break }
      }
      return Completion()
    }
  }

  private func scores(_ json: String) -> ScriptedModel.Line { .calls([(Self.call, json)]) }

  @Test func theModeratorLetsAModelInterrupt() async throws {
    let (stage, moderator) = stage([
      scores(#"{"b-2":{"score":3,"rationale":"no"}}"#), scores(#"{"b-2":{"score":9,"rationale":"tar"}}"#),
    ])
    try await stage.play()
    #expect(stage.speakers == ["b.2", "A", "b.2"])
    #expect(stage.outcomes == [.finished, .interrupted, .finished])
    #expect(stage.witness.turns[1].utterance.hasSuffix("—"))
    #expect(stage.events("note").map { $0.fields["text"]?.string } == ["b.2 interrupted A."])
    let checks = stage.events("check")
    #expect(checks.map { $0.fields["number"]?.int } == [1, 2])
    #expect(checks.map { $0.fields["scores"]?["b.2"]?["score"]?.int } == [3, 9])
    #expect(checks.map { $0.fields["dropped"]?.bool } == [false, false])
    #expect(stage.events("interrupt").map { $0.fields["by"]?.string } == ["b.2"])

    let request = moderator.requests[0]
    #expect(!request.stream)
    #expect(request.requiredTool == Self.call)
    #expect(request.tools.map(\.name) == [Self.call])
    #expect(request.fields["temperature"] == 0)
    let parameters = request.tools[0].parameters
    #expect(parameters["required"] == ["b-2"])
    let description = parameters["properties"]?["b-2"]?["properties"]?["score"]?["description"]?.string ?? ""
    #expect(description.contains("tar; boats"))
    #expect(request.messages.count == 1)
    let prompt = request.messages[0].content.string
    #expect(prompt.contains("A is speaking"))
    #expect(prompt.contains("gull hates tar."))
  }

  @Test func theThresholdThatIsSetCounts() async throws {
    for (threshold, outcome) in [(6, Outcome.interrupted), (7, .finished)] {
      let (stage, moderator) = stage([scores(#"{"b-2":6}"#)], threshold: threshold)
      try await stage.play()
      #expect(stage.outcomes[1] == outcome)
      let tool = moderator.requests[0].tools[0]
      #expect(JSONValue.object(tool.parameters).jsonText.contains("\(threshold) or more"))
    }
  }

  @Test func oneOfSeveralInterruptsAndAllScoresAreKept() async throws {
    let (stage, _) = stage([scores(#"{"B":9,"C":{"score":10,"rationale":"tar"}}"#)], others: ["B", "C", "D"])
    try await stage.play()
    let check = try #require(stage.events("check").first)
    #expect(check.fields["scores"]?["B"]?["score"]?.int == 9)
    #expect(check.fields["scores"]?["C"]?["rationale"]?.string == "tar")
    #expect(check.fields["scores"]?["D"] == .null)
    let winner = try #require(stage.events("interrupt").first?.fields["by"]?.string)
    #expect(["B", "C"].contains(winner))
    #expect(stage.speakers.last == winner)
    #expect(stage.events("interrupt").count == 1)
  }

  @Test func noTriggersNoRequest() async throws {
    let moderator = ScriptedModel([])
    let a = ScriptedModel(says: String(repeating: Self.text, count: 9))
    for (interrupts, own) in [(true, "[]"), (false, #"["tar"]"#)] {
      let b = ScriptedModel([.calls([("set_triggers", #"{"triggers":\#(own)}"#)], saying: "b")])
      var stage = RoomStage([("B", b), ("A", a)])
      stage.moderator = moderator
      stage.room.interrupts = interrupts
      stage.settings.maxTurns = 2
      try await stage.play()
      #expect(moderator.requests.isEmpty)
    }
  }

  @Test func aModeratorThatFailsIsToldApartOnce() async throws {
    let cases: [(ScriptedModel.Line, String, Int)] = [
      (
        .says("I think nobody."),
        "the model answers in words instead of calling the tool, as models do that cannot be made to call one",
        3
      ),
      (.says(""), "the answer is empty", 3),
      (scores(#"{"somebody":{"score":9}}"#), "the answer has no score of anybody who set triggers", 3),
      (scores("{\"b-2\":"), "the arguments of the tool that the model calls are no JSON object", 3),
      (
        .breaks(after: "", ModelError(.timeout, "no answer within 5 seconds")), "no answer within 5 seconds",
        3
      ),
      (
        .breaks(after: "", ModelError(.toolsRefused, "tools are not supported", status: 400)),
        "tools are not supported; the moderator makes no more checks", 1
      ),
      (
        .breaks(after: "", ModelError(.refused, "no such key", status: 401)),
        "no such key; the moderator makes no more checks", 1
      ),
      (.breaks(after: "", ModelError(.refused, "busy", status: 503)), "busy", 3),
    ]
    for (line, message, requests) in cases {
      let (stage, moderator) = stage(Array(repeating: line, count: 200), until: requests)
      try await stage.play()
      #expect(stage.outcomes == [.finished, .finished, .finished])
      #expect(stage.events("error").map { $0.fields["message"]?.string } == [message])
      #expect(stage.events("error").allSatisfy { $0.fields["during"] == "check" })
      #expect(stage.answers.all == ["moderator: \(message)"])
      #expect(moderator.requests.count >= requests)
      if requests == 1 { #expect(moderator.requests.count == 1) }
      #expect(stage.result.map { RoomState($0).failures } == 0)
    }
  }

  @Test func scoresInTheTextCountAsACall() async throws {
    let (stage, _) = stage([.says(#"{"b-2":{"score":9,"rationale":"tar"}}"#)])
    try await stage.play()
    #expect(stage.outcomes[1] == .interrupted)
  }

  @Test func anAnswerAfterTheEndIsDroppedAndRecorded() async throws {
    /// Gives its scores only once the gate is open.
    struct Slow: ChatModel {
      let gate: Gate
      func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
        try? await gate.pass()
        var completion = Completion()
        completion.toolCalls = [ToolCall(name: "score_triggers", arguments: #"{"B":10}"#)]
        return completion
      }
    }
    let gate = Gate()
    let live = LiveReply()
    let control = RoomControl(.unattended)
    let pauses = RoomStage.Pauses()
    let moderator = AskedModerator(
      participant: Participant(name: "moderator", model: "m", endpoint: .builtin), model: Slow(gate: gate))
    let speaker = Participant(name: "A", model: "m", endpoint: .builtin)
    let participants = [speaker, Participant(name: "B", model: "m", endpoint: .builtin)]
    let parts = RoomParts(
      participants: participants, models: [], moderator: moderator, settings: RoomSettings())
    let monitor = InterruptMonitor(moderator, parts, seed: 1, control: control, pacing: pauses.pacing)
    var story = Story("A", "B")
    story.happens("triggers", ["speaker": "B", "triggers": ["tar"]])
    story.happens("check", ["number": 7])
    let checks = try #require(monitor.checks(of: live, by: speaker, after: story.transcript, story.state))
    live.append(Self.text)
    checks.start()
    try await gate.waitUntilReached()
    live.settle()
    gate.open()
    let happenings = await checks.finish()
    #expect(happenings.map(\.kind) == ["check", "interrupt"])
    #expect(happenings.map { $0.fields["dropped"]?.bool } == [true, true])
    #expect(happenings[0].fields["number"] == 8)
    #expect(happenings[0].fields["scores"]?["B"]?["score"]?.int == 10)
    #expect(live.verdict == nil)
  }

  @Test func aCheckOfAReplyThatWasCutIsGivenUpButPaidFor() async throws {
    let live = LiveReply()
    let pauses = RoomStage.Pauses()
    let hanging = ScriptedModel([.hangs(after: "")])
    let moderator = AskedModerator(
      participant: Participant(name: "moderator", model: "m", endpoint: .builtin), model: hanging)
    let speaker = Participant(name: "A", model: "m", endpoint: .builtin)
    let participants = [speaker, Participant(name: "B", model: "m", endpoint: .builtin)]
    let parts = RoomParts(
      participants: participants, models: [], moderator: moderator, settings: RoomSettings())
    let monitor = InterruptMonitor(
      moderator, parts, seed: 1, control: RoomControl(.unattended), pacing: pauses.pacing)
    var story = Story("A", "B")
    story.happens("triggers", ["speaker": "B", "triggers": ["tar"]])
    let checks = try #require(monitor.checks(of: live, by: speaker, after: story.transcript, story.state))
    live.append(Self.text)
    checks.start()
    while hanging.requests.isEmpty { await Task.yield() }
    live.cut(.listener(name: "human"))
    let happenings = await checks.finish()
    #expect(happenings.map(\.kind) == ["check"])
    #expect(happenings[0].fields["dropped"] == true)
    #expect(happenings[0].fields["usage"]?["prompt_tokens"]?.int ?? 0 > 0)
  }
}
