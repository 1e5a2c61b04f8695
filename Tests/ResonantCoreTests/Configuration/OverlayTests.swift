// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

@Suite struct OverlayTests {
  private func read(_ values: JSONObject, at path: String = "base") throws -> Options {
    try Options.read(
      values, source: .file("plan.yaml", path: path, lines: ["base": 2, "base.payload": 3]),
      context: context())
  }

  @Test func upperKeysReplaceLowerOnes() throws {
    let merged = try read(["model": "a", "payload": ["x": 1]]).overlaid(by: read(["payload": ["y": 2]]))
    #expect(merged.values == ["model": "a", "payload": ["y": 2]])
  }

  @Test func aDottedKeySetsOneField() throws {
    let merged = try read(["payload": ["a": 1, "options": ["n": 1]]])
      .overlaid(by: read(["payload.a": 2, "payload.options.m": 3, "payload.b": .null])).flattened()
    #expect(merged.values["payload"] == ["a": 2, "options": ["n": 1, "m": 3], "b": .null])
  }

  @Test func aDottedKeyOfOneParticipantStartsFromTheCommonObject() throws {
    let merged = try read(["payload": ["a": 1]]).overlaid(by: read(["alice_payload.t": 2]))
      .flattened()
    #expect(merged.values["alice_payload"] == ["a": 1, "t": 2])
    #expect(merged.values["payload"] == ["a": 1])
  }

  @Test func dottedKeysCountWithoutAnOverlayToo() throws {
    let resolved = try resolved(["payload.temperature": 0.5])
    #expect(resolved.participants[0].payload == ["temperature": 0.5])
  }

  @Test func aDottedKeyGoesIntoAnObjectFromAFile() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(#"{"a":1}"#, to: "p.json")
    let merged = try read(["payload": .string("@\(path)")]).overlaid(by: read(["payload.b": 2]))
      .flattened()
    #expect(merged.values["payload"] == ["a": 1, "b": 2])
  }

  @Test func anOpeningAndNoOpeningReplaceEachOther() throws {
    let opening = try read(["opening": "a"])
    let none = try read(["no_opening": true])
    #expect(opening.overlaid(by: none).values == ["no_opening": true])
    #expect(none.overlaid(by: opening).values == ["opening": "a"])
  }

  @Test func errorsSayWhereTheLastValueStood() throws {
    let base = try read(pair.merging(["opening": "x", "bob_name": "Bob"]) { $1 })
    let source = OptionSource.value(
      of: "alice_name", inFile: "plan.yaml", at: "matrix.alice_name[1]", lines: ["matrix.alice_name": 7])
    let condition = try Options.read(["alice_name": "Bob"], source: source, context: context())
    #expect(
      refusal { try ResolvedConversation.resolve(base.overlaid(by: condition), context: context()) }
        == "plan.yaml: base.bob_name (line 2): two participants are named Bob; names must differ")
    let alone = try read(pair).overlaid(by: condition)
    #expect(
      refusal { try ResolvedConversation.resolve(alone, context: context()) }
        == "plan.yaml: matrix.alice_name[1] (line 7): two participants are named Bob; names must differ")
  }

  @Test func placesReachIntoObjects() {
    let source = OptionSource.file("p.yaml", path: "base", lines: ["base.headers.X-A": 9])
    #expect(source.place(of: "headers.X-A").description == "p.yaml: base.headers.X-A (line 9)")
    #expect(
      OptionSource.commandLine.place(of: "participant[1].model").description == "--participant [1].model")
  }

  @Test func aPlansPathsAreRelativeToIt() throws {
    let directory = try TemporaryDirectory()
    try directory.write("Hi", to: "plans/opening.txt")
    let context = context(directory: directory.path("plans"))
    let options = try Options.read(["opening_file": "opening.txt"], source: .commandLine, context: context)
    #expect(options.values == ["opening": "Hi"])
  }
}
