// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes the moderation log of a room as the conversation goes on. A problem with the file is reported once,
/// and does not end the conversation.
public final class ModerationLogFile: ConversationObserver {
  private struct State {
    var log: ModerationLog?
    var isBroken = false
  }

  public let path: String
  private let descriptor: Int32
  private let warn: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// Creates the file, or, for a conversation that goes on, opens it to append.
  ///
  /// - Throws: `InvalidValue` if the file exists and should not, or cannot be opened.
  public init(_ path: String, isNew: Bool, warn: @escaping @Sendable (String) -> Void) throws(InvalidValue) {
    self.path = path
    self.warn = warn
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_EXCL : 0)
    descriptor = open(path, flags, 0o644)
    guard descriptor < 0 else { return }
    throw InvalidValue(
      errno == EEXIST
        ? "\(path) exists already, and nothing is overwritten; choose another name"
        : "the moderation log \(path) can't be written: \(String(cString: strerror(errno)))")
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Removes the file again: the room does not begin.
  public func remove() { unlink(path) }

  public func observe(_ event: ConversationEvent) { observe([event]) }

  /// Events that happened together are written together: what a reply does besides speaking comes before its
  /// text.
  public func observe(_ events: [ConversationEvent]) {
    let lines = state.withLock { state in
      Self.ordered(events).flatMap { Self.lines(of: $0, &state.log) }
    }
    write(lines)
  }

  private static func ordered(_ events: [ConversationEvent]) -> [ConversationEvent] {
    guard let place = events.firstIndex(where: { if case .spoke = $0 { true } else { false } }) else {
      return events
    }
    let isTool = { (event: ConversationEvent) in
      if case .occurred(let event) = event { event.kind == "tool" || event.kind == "triggers" } else { false }
    }
    let rest = events[(place + 1)...]
    return events[..<place] + rest.filter(isTool) + [events[place]] + rest.filter { !isTool($0) }
  }

  private static func lines(of event: ConversationEvent, _ log: inout ModerationLog?) -> [String] {
    switch event {
    case .began(let transcript):
      let begun = ModerationLog(transcript)
      log = begun
      return begun.heading(of: transcript)
    // A person who leaves instead of speaking has no turn.
    case .asked(_, let speaker, _) where speaker.isHuman: return []
    case .asked(let turn, let speaker, _): return log?.lines(forTurn: turn, of: speaker.name) ?? []
    case .spoke(let turn, let transcript):
      let heading =
        transcript.isPerson(turn.speaker) ? log?.lines(forTurn: turn.number, of: turn.speaker) : []
      return (heading ?? []) + (log?.lines(of: turn) ?? [])
    case .occurred(let event): return log?.lines(of: event) ?? []
    case .ended(let end, _): return log?.lines(of: end) ?? []
    }
  }

  /// The text with control characters replaced: somebody may look at the log in a terminal.
  private static func plain(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
      plain.append(isControl ? "\u{FFFD}" : scalar)
    }
    return String(plain)
  }

  private func write(_ lines: [String]) {
    guard !lines.isEmpty, !state.withLock({ $0.isBroken }) else { return }
    let bytes = Array(Self.plain(lines.joined(separator: "\n") + "\n").utf8)
    do {
      try WholeFile.write(bytes, to: descriptor)
    } catch {
      state.withLock { $0.isBroken = true }
      warn("the moderation log \(path) can't be written: \(error)")
    }
  }
}
