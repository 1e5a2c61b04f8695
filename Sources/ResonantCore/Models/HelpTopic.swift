// SPDX-License-Identifier: MIT

/// A heading of docs/troubleshooting.md, by its anchor.
public enum HelpTopic: String, Sendable, CaseIterable {
  case noConnection = "no-connection"
  case keysAndModels = "keys-and-models"
  case roles
  case systemPrompts = "system-prompts"
  case contextLength = "context-length"
  case thinking
  case emptyReplies = "empty-replies"
  case incompleteReplies = "incomplete-replies"
  case rateLimits = "rate-limits"
  case quotas
  case parameters
  case tools
  case tlsAndProxies = "tls-and-proxies"

  /// The page that has the headings, relative to the directory of the documentation.
  public static let page = "docs/troubleshooting.md"
}

extension ErrorIntent {
  var topic: HelpTopic {
    switch self {
    case .contextFull, .requestTooLarge: .contextLength
    case .quotaUsed, .quotaExceeded: .quotas
    case .systemNotFirst, .noSystemRole: .systemPrompts
    case .userNotLast, .userNotFirst, .noUserMessage, .rolesNotAlternating: .roles
    case .replyTooLong, .parameterRefused: .parameters
    case .toolsRefused, .callNotRequired, .callFailed: .tools
    case .modelUnknown, .keyRefused: .keysAndModels
    case .tlsExpected: .tlsAndProxies
    }
  }
}
