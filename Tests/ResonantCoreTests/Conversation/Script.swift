// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import ResonantCore

/// A model that says what the test tells it to, and remembers what it was asked.
final class ScriptedModel: ChatModel {
  enum Line: Sendable {
    case says(String)
    case thinks(String)
    /// Calls tools, given as a name and arguments, beside a text.
    case calls([(name: String, arguments: String)], saying: String = "")
    case breaks(after: String, ModelError)
    /// Says this much and then nothing until it is cut.
    case hangs(after: String)
  }

  private struct State {
    var lines: [Line]
    var requests: [ModelRequest] = []
  }

  private let state: Mutex<State>

  init(_ lines: [Line]) { state = Mutex(State(lines: lines)) }

  convenience init(says texts: String...) { self.init(texts.map { .says($0) }) }

  var requests: [ModelRequest] { state.withLock { $0.requests } }

  func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
    let live = attempt.live
    var completion = Completion()
    let line = state.withLock { state -> Line? in
      state.requests.append(request)
      return state.lines.isEmpty ? nil : state.lines.removeFirst()
    }
    switch line {
    case .says(let text): live.append(text)
    case .calls(let calls, let text):
      live.append(text)
      completion.toolCalls = calls.map { ToolCall(name: $0.name, arguments: $0.arguments) }
    case .thinks(let text):
      var text = text
      _ = text.withUTF8 { live.append(thinking: $0) }
    case .breaks(let text, let error):
      if !text.isEmpty { live.append(text) }
      throw error
    case .hangs(let text):
      live.append(text)
      await withCheckedContinuation { continuation in
        let once = Once { continuation.resume() }
        live.onCut { once.run() }
      }
    case nil: throw ModelError(.exhausted, "the script is used up")
    }
    return completion
  }
}

/// Runs its body at the first call and never again.
final class Once: Sendable {
  private let body: Mutex<(@Sendable () -> Void)?>
  init(_ body: @escaping @Sendable () -> Void) { self.body = Mutex(body) }
  func run() {
    let body = body.withLock { body -> (@Sendable () -> Void)? in
      defer { body = nil }
      return body
    }
    body?()
  }
}

/// Remembers what it observed.
final class Witness: ConversationObserver {
  private let state = Mutex<[ConversationEvent]>([])
  private let onAsked: @Sendable (Int) -> Void

  init(onAsked: @escaping @Sendable (Int) -> Void = { _ in }) { self.onAsked = onAsked }

  var events: [ConversationEvent] { state.withLock { $0 } }
  var turns: [Turn] { events.compactMap { if case .spoke(let turn, _) = $0 { turn } else { nil } } }
  var occurrences: [Transcript.Event] {
    events.compactMap { if case .occurred(let event) = $0 { event } else { nil } }
  }

  func observe(_ event: ConversationEvent) async {
    state.withLock { $0.append(event) }
    if case .asked(let number, _, _) = event { onAsked(number) }
  }
}

/// A conversation between scripted models, told in the words of the tests.
struct Stage {
  var participants: [Participant]
  var models: [any ChatModel]
  var settings = ConversationSettings()
  var turns: [Turn] = []
  var witness = Witness()
  var others: [any ConversationObserver] = []
  var drain = Drain()
  /// Nil for that of the settings.
  var selection: (any SpeakerSelection)?

  init(_ cast: (name: String, model: any ChatModel)...) {
    participants = cast.map { Participant(name: $0.name, model: "model-of-\($0.name)", endpoint: .builtin) }
    models = cast.map(\.model)
  }

  func conversation() -> Conversation {
    let facts = participants.map {
      Transcript.Participant(name: $0.name, model: $0.model, endpoint: $0.endpoint.display, api: "openai")
    }
    let header = Transcript.Header(id: "test", created: .distantPast, program: "test", participants: facts)
    return Conversation(
      participants: participants, models: models, settings: settings,
      transcript: Transcript(header: header, turns: turns), observers: [witness] + others,
      drain: drain,
      rules: selection.map { ChatRules(participants: participants, settings: settings, selection: $0) })
  }

  @discardableResult
  func play() async throws -> Transcript.End {
    try await conversation().run()
  }
}

extension ModelRequest {
  /// The messages as `role: text`, the system prompt left out.
  var script: [String] { messages.map { "\($0.role.rawValue): \($0.content.string)" } }
}
