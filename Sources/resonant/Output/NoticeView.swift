// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization

/// Reports on standard error why a turn is delayed, which participant another model answers for, and in a chat who
/// could not vote.
struct NoticeView: ConversationObserver {
  /// A room shows its errors itself.
  let mode: Transcript.Mode
  /// Whether a model that nobody asked for is told.
  let tellsModels: Bool
  private let told = Repetitions()
  private let answered = Repetitions()

  init(mode: Transcript.Mode, tellsModels: Bool) {
    self.mode = mode
    self.tellsModels = tellsModels
  }

  func observe(_ event: ConversationEvent) async {
    switch event {
    case .asked(_, let speaker, let attempt): follow(attempt, of: speaker)
    case .spoke(let turn, _) where tellsModels: tellModel(of: turn)
    case .occurred(let event) where mode == .chat: warn(about: event)
    default: break
    }
  }

  /// A vote that is lacking does not end a chat, so nothing else reports it.
  private func warn(about event: Transcript.Event) {
    guard event.kind == "error", event.fields["during"] == "selection",
      let name = event.fields["speaker"]?.string, let message = event.fields["message"]?.string
    else { return }
    Diagnostics.warning("\(name) has no vote: \(message)")
  }

  private func tellModel(of turn: Turn) {
    guard let other = turn.otherModel, answered.count(turn.speaker) == 1 else { return }
    Diagnostics.note("\(turn.speaker): asked for \(turn.model), answered by \(other)")
  }

  private func follow(_ attempt: Attempt, of speaker: Participant) {
    attempt.followNotices { [told] notice in
      switch notice {
      case .retry(_, let reason, let wait):
        let sentence = "\(speaker.name): \(reason)"
        guard let count = told.count(sentence) else { return }
        let times = count > 1 ? " (\(count.grouped) times so far)" : ""
        Diagnostics.warning("\(sentence)\(times); next attempt in \(Self.seconds(wait)) s")
      case .warning(let text): Diagnostics.warning("\(speaker.name): \(text)")
      }
    }
  }

  /// The duration in seconds with one decimal.
  private static func seconds(_ duration: Duration) -> String {
    let tenths = Int((duration / .milliseconds(100)).rounded(.up))
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// Thins out sentences that recur, such as the refusals of an endpoint that is asked again every second.
private final class Repetitions: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// How often the sentence has come, if that is 1, 2, 4, 8, …; nil when it need not be said again.
  func count(_ sentence: String) -> Int? {
    let count = counts.withLock { counts in
      counts[sentence, default: 0] += 1
      return counts[sentence, default: 1]
    }
    return count & (count - 1) == 0 ? count : nil
  }
}
