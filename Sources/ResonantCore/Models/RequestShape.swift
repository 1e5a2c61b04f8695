// SPDX-License-Identifier: MIT

/// What matters about a request to those who are strict about its messages.
struct RequestShape: Equatable {
  var roles = RolePolicy.asIs
  var isStream = false
  var hasSystemPrompt = false
  /// System messages beside the system prompt: those of a preamble or of the payload.
  var hasSystemMessages = false
  /// But for system messages, it begins with the user, and user and assistant take turns.
  var isAlternating = true
  var endsWithAssistant = false
  var hasUserMessage = false
  /// One of the user's messages is more than blanks.
  var hasUserText = false

  init() {}

  /// - Parameter payload: its `messages` come before those of the request.
  init(_ request: ModelRequest, payload: JSONObject) {
    roles = request.roles
    isStream = request.stream
    hasSystemPrompt = request.system != nil
    for message in payload["messages"]?.array ?? [] {
      let content = message["content"]
      add(role: message["role"]?.string, text: content?.string ?? content?.jsonText ?? "")
    }
    for message in request.messages { add(role: message.role.rawValue, text: message.content.string) }
  }

  private mutating func add(role: String?, text: String) {
    if role == "system" {
      hasSystemMessages = true
      return
    }
    let isUser = role == "user"
    let isUsersTurn = endsWithAssistant || !hasUserMessage
    isAlternating = isAlternating && isUser == isUsersTurn
    endsWithAssistant = !isUser
    hasUserMessage = hasUserMessage || isUser
    hasUserText = hasUserText || isUser && !text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }
}
