// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Record {
  /// Decodes the value of a line; nil for an unknown kind of record.
  ///
  /// - Parameter after: for an event, the number of the last turn before the line.
  /// - Throws: what is wrong with a record of a known kind: a missing field, or one of the wrong type.
  public init?(_ json: JSONValue, after: Int = 0) throws(InvalidValue) {
    guard let object = json.object else { throw InvalidValue("expected an object, found \(json.kind)") }
    let fields = RecordFields(object)
    switch try fields.required("type", as: RecordFields.string) {
    case "header": self = .header(try Transcript.Header(fields))
    case "preamble": self = .preamble(try Transcript.Preamble(fields))
    case "turn": self = .turn(try Turn(fields))
    case "event": self = .event(try Transcript.Event(fields, after: after))
    case "end": self = .end(try Transcript.End(fields))
    default: return nil
    }
  }
}

extension Transcript.Header {
  fileprivate init(_ fields: RecordFields) throws(InvalidValue) {
    let format = try fields.required("format", as: RecordFields.string)
    guard format == Record.format else { throw InvalidValue("the format \(format) is not \(Record.format)") }
    let version = try fields.required("version", as: RecordFields.int)
    guard version == Record.version else {
      throw InvalidValue(
        "version \(version) of the format is not known here, only \(Record.version); use a newer program")
    }
    var participants: [Transcript.Participant] = []
    for fields in try fields.objects("participants") {
      participants.append(try Transcript.Participant(fields))
    }
    self.init(
      id: try fields.optional("id", as: RecordFields.string) ?? "",
      created: try fields.optional("created", as: RecordFields.date) ?? Transcript.unknownTime,
      program: try fields.optional("program", as: RecordFields.string) ?? "",
      mode: try fields.optional("mode", as: RecordFields.choice) ?? .chat,
      seed: try fields.optional("seed", as: RecordFields.seed),
      participants: participants,
      settings: try fields.optional("settings", as: RecordFields.object) ?? [:])
    topic = try fields.optional("topic", as: RecordFields.string)
    if let parent = try fields.optional("parent", as: RecordFields.object).map(RecordFields.init) {
      self.parent = Transcript.Parent(
        id: try parent.required("id", as: RecordFields.string),
        turn: try parent.required("turn", as: RecordFields.count))
    }
    if let trial = try fields.optional("trial", as: RecordFields.object).map(RecordFields.init) {
      self.trial = Transcript.Trial(
        experiment: try trial.required("experiment", as: RecordFields.string),
        condition: try trial.optional("condition", as: RecordFields.object) ?? [:],
        repeat: try trial.required("repeat", as: RecordFields.count), fork: try Transcript.Trial.Fork(trial))
    }
  }
}

extension Transcript.Trial.Fork {
  /// Nil for a trial that is no fork.
  fileprivate init?(_ trial: RecordFields) throws(InvalidValue) {
    guard let number = try trial.optional("fork", as: RecordFields.count) else { return nil }
    let message = try trial.optional("inject", as: RecordFields.string)
    let speaker = try trial.optional("as", as: RecordFields.string) ?? ""
    self.init(number: number, injection: message.map { Transcript.Injection($0, as: speaker) })
  }
}

extension Transcript.Participant {
  fileprivate init(_ fields: RecordFields) throws(InvalidValue) {
    self.init(
      name: try fields.required("name", as: RecordFields.string),
      model: try fields.optional("model", as: RecordFields.string) ?? "",
      endpoint: try fields.optional("endpoint", as: RecordFields.string) ?? "",
      api: (try fields.optional("api", as: RecordFields.choice) ?? API.usual).rawValue,
      systemPrompt: try fields.optional("system_prompt", as: RecordFields.string),
      payload: try fields.optional("payload", as: RecordFields.object) ?? [:],
      headerNames: try fields.optional("header_names", as: RecordFields.strings) ?? [],
      headerReferences: try fields.optional("header_refs", as: RecordFields.object) ?? [:],
      human: try fields.optional("human", as: RecordFields.bool) ?? false)
  }
}

extension Transcript.Preamble {
  fileprivate init(_ fields: RecordFields) throws(InvalidValue) {
    var extra = fields.object.filter { !Self.reserved.contains($0.key) }
    for (key, value) in try fields.optional("extra", as: RecordFields.object) ?? [:] { extra[key] = value }
    self.init(
      owner: try fields.required("owner", as: RecordFields.string),
      index: try fields.required("index", as: RecordFields.count),
      role: try fields.required("role", as: RecordFields.choice),
      content: try fields.required("content", as: RecordFields.string), extra: extra)
  }
}

extension Turn {
  fileprivate init(_ fields: RecordFields) throws(InvalidValue) {
    self.init(
      number: try fields.required("n", as: RecordFields.count),
      speaker: try fields.required("speaker", as: RecordFields.string),
      model: try fields.optional("model", as: RecordFields.string) ?? "",
      text: try fields.required("text", as: RecordFields.string),
      outcome: try fields.optional("outcome", as: RecordFields.choice) ?? .finished,
      started: try fields.optional("started", as: RecordFields.date) ?? Transcript.unknownTime,
      milliseconds: try fields.optional("ms", as: RecordFields.count) ?? 0)
    guard number >= 1 else { throw InvalidValue("n: turns are numbered from 1, not \(number)") }
    servedModel = try fields.optional("served_model", as: RecordFields.string)
    heard = try fields.optional("heard", as: RecordFields.string)
    thinking = try fields.optional("thinking", as: RecordFields.string)
    firstTokenMilliseconds = try fields.optional("first_token_ms", as: RecordFields.count)
    usage = try Usage(fields)
    finishReason = try fields.optional("finish_reason", as: RecordFields.string)
    for fields in try fields.objects("tool_calls") { toolCalls.append(try ToolCall(fields)) }
    retries = try fields.optional("retries", as: RecordFields.count) ?? 0
  }
}

extension Usage {
  /// The member `usage` of a record; nil when there is none.
  fileprivate init?(_ record: RecordFields) throws(InvalidValue) {
    guard let fields = try record.optional("usage", as: RecordFields.object).map(RecordFields.init) else {
      return nil
    }
    self.init(
      promptTokens: try fields.optional("prompt_tokens", as: RecordFields.count) ?? 0,
      completionTokens: try fields.optional("completion_tokens", as: RecordFields.count) ?? 0,
      estimated: try fields.optional("estimated", as: RecordFields.bool) ?? false)
  }
}

extension ToolCall {
  fileprivate init(_ fields: RecordFields) throws(InvalidValue) {
    self.init(
      id: try fields.optional("id", as: RecordFields.string),
      name: try fields.required("name", as: RecordFields.string),
      arguments: try fields.optional("arguments", as: RecordFields.string) ?? "")
  }
}

extension Transcript.Event {
  fileprivate init(_ fields: RecordFields, after: Int) throws(InvalidValue) {
    self.init(
      kind: try fields.required("kind", as: RecordFields.string),
      time: try fields.optional("t", as: RecordFields.date) ?? Transcript.unknownTime, after: after,
      fields: fields.object.filter { !Self.reserved.contains($0.key) })
  }
}

extension Transcript.End {
  fileprivate init(_ fields: RecordFields) throws(InvalidValue) {
    self.init(
      reason: try fields.required("reason", as: RecordFields.choice),
      turns: try fields.optional("turns", as: RecordFields.count) ?? 0,
      characters: try fields.optional("chars", as: RecordFields.count) ?? 0,
      usage: try Usage(fields) ?? .zero,
      milliseconds: try fields.optional("ms", as: RecordFields.count) ?? 0,
      error: try fields.optional("error", as: RecordFields.string))
  }
}
