// SPDX-License-Identifier: MIT

import ResonantCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How standard output shows a conversation.
struct Presentation: Sendable {
  var format = OutputFormat.text
  var isQuiet = false
  var showsThinking = false
  var style: TerminalStyle

  var isText: Bool { format == .text && !isQuiet }

  init(_ process: ProcessOptions, showsThinking: Bool, environment: [String: String]) {
    format = process.format
    isQuiet = process.quiet
    self.showsThinking = showsThinking
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let usesColor =
      switch process.color {
      case .always: true
      case .never: false
      case .auto: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
      }
    style = TerminalStyle(usesColor: usesColor, isTerminal: isTerminal)
  }

  func observers(for trial: PreparedTrial, on console: Console) -> [any ConversationObserver] {
    let notices: [any ConversationObserver] = [
      NoticeView(mode: trial.conversation.mode, tellsModels: !isQuiet),
      ModeratorView(tellsFailures: isQuiet && trial.conversation.mode == .party),
    ]
    if isQuiet { return notices }
    if format == .ndjson { return notices + [NDJSONView(console: console)] }
    let view = TextView(
      console: console, style: style, showsThinking: showsThinking,
      maxChars: trial.conversation.settings.maxChars,
      notes: notes(on: trial), isRoom: trial.transcript.header.mode == .party,
      columns: Terminal.columns ?? .max)
    return notices + [view]
  }

  private func notes(on trial: PreparedTrial) -> [String] {
    let settings = trial.conversation.settings
    let characters = "\(settings.maxChars.grouped) characters each"
    var notes = [
      settings.maxTurns.map { "At most \($0.grouped) turns of \(characters)" }
        ?? "No turn limit (see --max-turns), at most \(characters)"
    ]
    if let order = order(of: trial.conversation) { notes.append(order) }
    if settings.filterThinking { notes.append("Thinking is hidden from the others") }
    if let parent = trial.transcript.header.parent {
      notes.append("Branched from \(parent.id) after turn \(parent.turn)")
    }
    if let record = trial.record { notes.append("Transcript: \(record.path)") }
    return notes
  }

  /// Who chooses the speakers, where it is not as usual.
  private func order(of conversation: ResolvedConversation) -> String? {
    let order = conversation.settings.order
    guard order != (conversation.mode == .chat ? .roundRobin : .random) else { return nil }
    let model = conversation.moderator.map {
      " (\(style.safe($0.model)) at \(style.safe($0.endpoint.display)))"
    }
    return "Order: \(order.rawValue)\(order == .moderator ? model ?? "" : "")"
  }
}
