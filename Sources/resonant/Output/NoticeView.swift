// SPDX-License-Identifier: MIT

import ResonantCore

/// Reports on standard error why a turn is delayed, and in a chat who could not vote.
struct NoticeView: ConversationObserver {
  /// A room shows its errors itself.
  let mode: Transcript.Mode

  func observe(_ event: ConversationEvent) async {
    switch event {
    case .asked(_, let speaker, let attempt): follow(attempt, of: speaker)
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

  private func follow(_ attempt: Attempt, of speaker: Participant) {
    attempt.followNotices { notice in
      switch notice {
      case .retry(_, let reason, let wait):
        Diagnostics.warning("\(speaker.name): \(reason); next attempt in \(Self.seconds(wait)) s")
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
