// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// Replies that call tools and say nothing.
@Suite struct SilenceTests {
  private static func asking(_ name: String) -> (name: String, arguments: String) {
    (NextSpeakerTool.name, #"{"participant":"\#(name)"}"#)
  }

  @Test func aCallWithoutTextLeavesNoTurnButActs() async throws {
    let a = ScriptedModel([.calls([Self.asking("C")])])
    var stage = RoomStage(
      [("A", a), ("B", ScriptedModel(talking: "b")), ("C", ScriptedModel(talking: "c"))],
      lines: ["/next A", "", ""])
    stage.settings.order = .random
    try await stage.play()
    #expect(stage.turns == ["C: c1"])
    #expect(stage.events("silent").map { $0.fields["speaker"]?.string } == ["A"])
    #expect(stage.events("error").isEmpty)
  }

  @Test func aModelThatOnlyCallsToolsHoldsNobodyUp() async throws {
    let a = ScriptedModel(Array(repeating: .calls([Self.asking("B")]), count: 9))
    let b = ScriptedModel((1...9).map { .says("b\($0)") })
    var stage = RoomStage([("A", a), ("B", b)])
    stage.settings.maxTurns = 6
    try await stage.play()
    #expect(stage.turns == (1...6).map { "B: b\($0)" })
    #expect(stage.events("hold").isEmpty)
  }

  @Test func aRoomInWhichNobodySpeaksIsHeld() async throws {
    let silent = { ScriptedModel(Array(repeating: .calls([Self.asking("A")]), count: 9)) }
    let stage = RoomStage([("A", silent()), ("B", silent())])
    try await stage.play()
    #expect(stage.turns.isEmpty)
    #expect(stage.events("silent").count == 3)
    #expect(stage.events("hold").count == 1)
  }

  @Test func aChatInAChainBearsSilence() async throws {
    let silent = ScriptedModel([.calls([Self.asking("Carol")]), .says("b1")])
    var stage = Stage(
      ("Alice", ScriptedModel(talking: "a")), ("Bob", silent), ("Carol", ScriptedModel(talking: "c")))
    (stage.settings.order, stage.settings.maxTurns, stage.settings.seed) = (.chain, 3, 1)
    let end = try await stage.play()
    #expect(end.reason == .maxTurns)
    #expect(stage.witness.occurrences.filter { $0.kind == "silent" }.count <= 1)
  }

  @Test func aChatInWhichModelsOnlyCallToolsEndsWithAnError() async throws {
    let silent = { ScriptedModel(Array(repeating: .calls([Self.asking("Alice")]), count: 9)) }
    var stage = Stage(("Alice", silent()), ("Bob", silent()), ("Carol", silent()))
    stage.settings.order = .chain
    let end = try await stage.play()
    #expect(end.reason == .error)
    #expect(end.error?.contains("only names the next speaker") == true)
    #expect(stage.witness.occurrences.map(\.kind).filter { $0 == "silent" }.count == 2)
  }
}
