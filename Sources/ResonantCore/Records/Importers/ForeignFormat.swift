// SPDX-License-Identifier: MIT

/// The form of another tool's file that holds conversations.
public enum ForeignFormat: String, Sendable, CaseIterable {
  /// `conversations.json` of attractor-states.
  case attractorStates = "attractor-states"
  /// A log of UniversalBackrooms.
  case backrooms
  /// What llm_conversation saves, as JSON or as text.
  case llmConversation = "llm-conversation"
  /// ShareGPT: one object, a list, or one object a line.
  case shareGPT = "sharegpt"
  /// Messages of the OpenAI API: one conversation a line, a list of them, or a single one.
  case openAI = "openai"

  /// The names of all, for messages.
  static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
