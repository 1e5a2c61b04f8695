// SPDX-License-Identifier: MIT

/// What matters about a request for servers that are strict about messages.
struct RequestShape: Equatable {
  var roles = RolePolicy.asIs
  var isStream = false
  /// The request itself offers tools, besides those of the payload.
  var hasTools = false
  var hasSystemPrompt = false
  /// System messages besides the system prompt: those of a preamble or of the payload.
  var hasSystemMessages = false
  /// Apart from system messages, the first message is the user's, and user and assistant alternate.
  var isAlternating = true
  var endsWithAssistant = false
  var hasUserMessage = false
  /// At least one user message is not blank.
  var hasUserText = false

  init() {}

  /// - Parameter payload: the request's payload; its `messages` come before those of the request.
  init(_ request: ModelRequest, payload: JSONObject) {
    roles = request.roles
    isStream = request.stream
    hasTools = !request.tools.isEmpty && payload["tools"] == nil
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
