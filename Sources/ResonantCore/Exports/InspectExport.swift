// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A transcript as a log of Inspect AI (version 2 of its JSON form), which `inspect view` shows and
/// `read_eval_log` reads: a task with one sample.
///
/// The sample's messages are the conversation as the first speaker's model saw it: its system prompt, then its own
/// turns as `assistant` and all others as `user`. Reasoning is a content of its own. Who spoke is in the metadata of
/// each message, and among more than two participants also at the beginning of a `user` message. The score
/// `attractor` is the label of the conversation. Of one that was resumed, the settings and models are those of the end.
///
/// https://inspect.aisi.org.uk/eval-logs.html and the package's `inspect_ai/log/_log.py`.
public enum InspectExport {
  public static func document(of transcript: Transcript) -> [UInt8] {
    let log = InspectLog(transcript)
    let members: JSONObject = [
      "version": 2, "status": .string(log.status), "eval": log.specification,
      "plan": ["name": "conversation", "steps": [], "config": .object([:])], "results": log.results,
      "stats": log.statistics, "error": log.error, "samples": [log.sample],
    ]
    // Inspect takes an error that is null for a malformed one.
    return JSONValue.object(members.filter { !$0.value.isNull }).json + [0x0A]
  }

  /// The name under which Inspect finds a log in a directory: the time at which the conversation began, the task,
  /// and an id.
  public static func fileName(of header: Transcript.Header, stem: String) -> String {
    let time = Timestamp.text(header.created).prefix(19).replacing(":", with: "-")
    return "\(time)+00-00_\(stem.replacing("_", with: "-"))_\(InspectLog.id(of: header))"
  }
}

private struct InspectLog {
  let transcript: Transcript
  private let turns: [Turn]
  private let attractor: Attractor?
  /// With what has changed since the beginning.
  private let latest: Transcript.Header

  init(_ transcript: Transcript) {
    self.transcript = transcript
    turns = transcript.heardTurns
    attractor = Attractor(TurnMeasures(turns.map(\.heardText)), Thresholds())
    latest = transcript.latestHeader
  }

  private var firstSpeaker: Transcript.Participant? {
    let name = transcript.firstSpeaker?.name
    return latest.participants.first { $0.name == name }
  }

  private var header: Transcript.Header { transcript.header }

  /// Inspect's ids consist of letters and digits.
  static func id(of header: Transcript.Header) -> String {
    let id = header.id.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return id.isEmpty ? "0" : String(id.suffix(32))
  }

  var status: String {
    switch transcript.end?.reason {
    case nil: "started"
    case .error: "error"
    case .interrupted, .quit: "cancelled"
    default: "success"
    }
  }

  var error: JSONValue {
    guard status == "error", let message = transcript.end?.error else { return .null }
    return ["message": .string(message), "traceback": "", "traceback_ansi": ""]
  }

  var specification: JSONValue {
    let id = Self.id(of: header)
    return [
      "eval_id": .string(id), "run_id": .string(id), "task_id": .string(id),
      "created": .string(Timestamp.text(header.created)),
      "task": .string(header.trial?.experiment ?? "conversation"), "task_version": 0,
      "task_args": .object(header.trial?.condition ?? [:]),
      "dataset": ["name": "resonant", "samples": 1, "sample_ids": [1], "shuffled": false],
      "model": .string(firstSpeaker?.model ?? "none"),
      "model_args": .object([:]), "config": .object([:]),
      "packages": .object([:]), "metadata": .object(facts),
    ]
  }

  private var facts: JSONObject {
    var facts: JSONObject = [
      "program": .string(header.program), "mode": .string(header.mode.rawValue),
      "participants": .array(
        latest.participants.map { ["name": .string($0.name), "model": .string($0.model)] }),
      "settings": .object(settings),
    ]
    if let seed = header.seed { facts["seed"] = .number(String(seed)) }
    if let topic = header.topic { facts["topic"] = .string(topic) }
    if let trial = header.trial { facts["repeat"] = .int(trial.repeat) }
    if let parent = header.parent { facts["parent"] = ["id": .string(parent.id), "turn": .int(parent.turn)] }
    return facts
  }

  private var settings: JSONObject {
    var settings = latest.settings
    settings["max_turns"] = transcript.turnLimit.map(JSONValue.int)
    return settings
  }

  // MARK: The sample

  var sample: JSONValue {
    let messages = prompt + turns.map(message)
    return [
      "id": 1, "epoch": 1,
      "input": .string(turns.first?.heardText ?? ""), "target": "",
      "messages": .array(messages), "output": output, "scores": scores,
      "metadata": .object(["end": transcript.end.map { .string($0.reason.rawValue) } ?? .null]),
      "store": .object([:]), "events": [], "model_usage": usage, "attachments": .object([:]),
      "error": error, "total_time": seconds, "working_time": seconds,
    ]
  }

  private var seconds: JSONValue {
    transcript.end.map { .double(Double($0.milliseconds) / 1000) } ?? .null
  }

  private var prompt: [JSONValue] {
    firstSpeaker?.systemPrompt.map { [["role": "system", "content": .string($0)]] } ?? []
  }

  private func message(_ turn: Turn) -> JSONValue {
    let isOwn = turn.speaker == transcript.firstSpeaker?.name
    let label = !isOwn && header.participants.count > 2 ? "[\(turn.speaker)]: " : ""
    var contents: [JSONValue] = []
    if let thinking = turn.thinking {
      contents.append(["type": "reasoning", "reasoning": .string(thinking)])
    }
    contents.append(["type": "text", "text": .string(label + turn.heardText)])
    var message: JSONObject = [
      "role": isOwn ? "assistant" : "user", "content": .array(contents),
      "metadata": [
        "turn": .int(turn.number), "speaker": .string(turn.speaker), "model": .string(turn.model),
        "outcome": .string(turn.outcome.rawValue),
      ],
    ]
    if isOwn, !turn.model.isEmpty { message["model"] = .string(turn.model) }
    return .object(message)
  }

  private var output: JSONValue {
    let own = turns.last { $0.speaker == transcript.firstSpeaker?.name && $0.outcome.isGenerated }
    guard let own else { return ["model": "none", "choices": []] }
    let reply: JSONValue = ["role": "assistant", "content": .string(own.heardText)]
    return [
      "model": .string(own.model),
      "choices": [["message": reply, "stop_reason": own.outcome == .truncated ? "max_tokens" : "stop"]],
    ]
  }

  // MARK: What comes of it

  private static let scorer = "attractor"

  private var scores: JSONValue {
    guard let attractor else { return .object([:]) }
    let onset = attractor.onset.map { ", from turn \($0) on" } ?? ""
    let period = attractor.period > 0 ? ", period \(attractor.period)" : ""
    return .object([
      Self.scorer: [
        "value": .string(attractor.label.rawValue),
        "explanation": .string(attractor.label.rawValue + period + onset),
        "metadata": [
          "period": .int(attractor.period), "onset": attractor.onset.map(JSONValue.int) ?? .null,
        ],
      ]
    ])
  }

  var results: JSONValue {
    let isDone = transcript.end != nil && status != "error"
    return ["total_samples": 1, "completed_samples": isDone ? 1 : 0, "scores": []]
  }

  var statistics: JSONValue {
    [
      "started_at": .string(Timestamp.text(header.created)),
      "completed_at": .string(completed.map(Timestamp.text) ?? ""), "model_usage": usage,
    ]
  }

  /// When the conversation ended. Its duration leaves out how long it rested before it was resumed.
  private var completed: Date? {
    guard let end = transcript.end else { return nil }
    let spans = [(header.created, end.milliseconds)] + transcript.turns.map { ($0.started, $0.milliseconds) }
    let ends = spans.map { start, length in start.addingTimeInterval(Double(length) / 1000) }
    return (ends + transcript.events.map(\.time)).max()
  }

  /// The tokens of each model's turns.
  private var usage: JSONValue {
    var sums: OrderedDictionary<String, Usage> = [:]
    for turn in transcript.turns {
      guard let usage = turn.usage else { continue }
      sums[turn.model] = (sums[turn.model] ?? .zero) + usage
    }
    var members: JSONObject = [:]
    for (model, sum) in sums {
      members[model] = [
        "input_tokens": .int(sum.promptTokens), "output_tokens": .int(sum.completionTokens),
        "total_tokens": .int(sum.total),
      ]
    }
    return .object(members)
  }
}
