// SPDX-License-Identifier: MIT

import ResonantCore

/// Reports on standard error why a turn is delayed.
struct NoticeView: ConversationObserver {
  func observe(_ event: ConversationEvent) async {
    guard case .asked(_, let speaker, let attempt) = event else { return }
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
