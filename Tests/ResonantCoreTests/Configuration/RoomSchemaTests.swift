// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

/// The schema of a room's config says what the reader does.
struct RoomSchemaTests {
  private static let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../examples/room/config.schema.json").standardizedFileURL

  private let text: JSONValue
  private let schema: JSONSchema

  init() throws {
    text = try JSONValue.parse([UInt8](Data(contentsOf: Self.path)))
    schema = JSONSchema(text)
  }

  /// Every key that there is.
  private static let whole = """
    {
      $schema: './config.schema.json',
      providers: [
        // a local server needs no token
        {url: 'ollama', models: ['gemma3', 'llama3.2'], payload: {options: {num_ctx: 16384}}},
        {url: "https://openrouter.ai/api/v1", token: "${OPENROUTER_API_KEY}", models: ["qwen/qwen3-235b"]},
        {url: 'http://localhost:8080', token: 'dummy', api: 'anthropic', headers: {'X-Note': 1}, models: ['m']},
      ],
      human_speaker: false,
      intros: true,
      interrupts: true,
      interrupt_threshold: 8,
      max_triggers: 5,
      moderator: {url: 'ollama', token: 't', model: 'gemma3', api: 'ollama', headers: {}, payload: {}},
    }
    """

  @Test func theDocumentedExamplePasses() throws {
    #expect(try schema.problems(JSONValue.parse(Self.whole, syntax: .json5)).isEmpty)
    let room = try room(Self.whole, context(["OPENROUTER_API_KEY": "k"]))
    #expect(room.participants.map(\.name) == ["gemma3", "llama3.2", "qwen3-235b", "m"])
    #expect(room.warnings.isEmpty)
  }

  @Test func schemaAndReaderKnowTheSameKeys() throws {
    let keys = { (value: JSONValue?) in Set(value?["properties"]?.object?.keys ?? []) }
    #expect(keys(text) == Set(RoomConfigReader.keys + ["$schema"]))
    #expect(keys(schema.definition("provider")) == Set(RoomConfigReader.providerKeys))
    #expect(keys(schema.definition("moderator")) == Set(RoomConfigReader.moderatorKeys))
    #expect(schema.definition("api")?["enum"]?.array?.compactMap(\.string) == API.allCases.map(\.rawValue))
  }

  @Test func theDefaultsAreThoseOfTheReader() throws {
    let room = try room("{providers: [{url: 'builtin:', models: ['eliza']}]}")
    let config = try #require(room.recorded["party"]?.object)
    for (key, rule) in text["properties"]?.object ?? [:] {
      if let usual = rule["default"] { #expect(config[key] == usual, "\(key)") }
    }
  }

  @Test func everyPartIsDescribed() {
    for part in [text, schema.definition("provider"), schema.definition("moderator")] {
      for (key, rule) in part?["properties"]?.object ?? [:] {
        let name = rule["$ref"]?.string?.split(separator: "/").last.map(String.init)
        let described = name.flatMap(schema.definition) ?? rule
        #expect(described["description"]?.string?.isEmpty == false, "\(key)")
      }
    }
  }

  @Test(arguments: [
    "{}", "{providers: []}", "{providers: {}}", "{providers: [1]}", "{providers: [{models: ['a']}]}",
    "{providers: [{url: 1, models: ['a']}]}", "{providers: [{url: 'http://h'}]}",
    "{providers: [{url: 'http://h', models: 'abc'}]}", "{providers: [{url: 'http://h', models: []}]}",
    "{providers: [{url: 'http://h', models: ['a', 2]}]}", "{providers: [{url: 'http://h', models: ['']}]}",
    "{providers: [{url: 'http://h', models: ['a'], token: ''}]}",
    "{providers: [{url: 'http://h', models: ['a'], token: ' '}]}",
    "{providers: [{url: 'http://h', models: ['a'], api: 'smtp'}]}",
    "{providers: [{url: 'http://h', models: ['a'], headers: 'x'}]}",
    "{providers: [{url: 'http://h', models: ['a'], headers: {A: []}}]}",
    "{providers: [{url: 'http://h', models: ['a'], payload: [1]}]}",
    "{providers: [{url: 'http://h', models: ['a']}], human_speaker: 'false'}",
    "{providers: [{url: 'http://h', models: ['a']}], interrupt_threshold: 0}",
    "{providers: [{url: 'http://h', models: ['a']}], interrupt_threshold: 11}",
    "{providers: [{url: 'http://h', models: ['a']}], interrupt_threshold: 2.7}",
    "{providers: [{url: 'http://h', models: ['a']}], max_triggers: -1}",
    "{providers: [{url: 'http://h', models: ['a']}], moderator: 'gpt'}",
    "{providers: [{url: 'http://h', models: ['a']}], moderator: {url: 'ollama'}}",
    "{providers: [{url: 'http://h', models: ['a']}], moderator: {model: 'm'}}",
  ])
  func whatTheReaderRefusesFails(config: String) throws {
    #expect(throws: ConfigurationError.self) { try room(config) }
    #expect(try !schema.problems(JSONValue.parse(config, syntax: .json5)).isEmpty)
  }

  @Test func whatTheReaderWarnsOfFails() throws {
    for config in [
      "{providers: [{url: 'ollama', models: ['a']}], intro: true}",
      "{providers: [{url: 'ollama', models: ['a'], name: 'x'}]}",
      "{providers: [{url: 'ollama', models: ['a']}], moderator: {url: 'ollama', model: 'm', models: []}}",
    ] {
      #expect(try room(config).warnings.count == 1)
      #expect(try schema.problems(JSONValue.parse(config, syntax: .json5)).count == 1)
    }
  }
}
