// SPDX-License-Identifier: MIT

/// What is known about a failed request.
struct FailedRequest {
  var request = RequestShape()
  var model: String
  var payload: JSONObject = [:]
  var error: ProviderError?
  /// The environment variable that usually holds the key for this host.
  var keyVariable: String?
  /// Whether advice is for the config of a room instead of the flags of a chat.
  var isRoom = false
  var hasKey = false

  var words: String { error?.words ?? "" }
}

extension Dialect {
  /// Advice for an error, as the second half of its message; nil if there is none.
  func remedy(for intent: ErrorIntent, of failure: FailedRequest) -> String? {
    switch intent {
    case .contextFull: lessContext(failure)
    case .requestTooLarge:
      "the request is too large: use fewer turns (--max-turns) or shorter ones (--max-chars)"
    case .quotaUsed, .quotaExceeded: moreQuota(failure)
    case .systemNotFirst:
      failure.request.hasSystemMessages
        ? "it takes one system message: put those of the preamble into --system-prompt" : nil
    case .noSystemRole: noSystem(failure)
    case .userNotLast:
      failure.request.endsWithAssistant
        ? "let the speaker's preamble, or its context in the template, end with a user message" : nil
    case .noUserMessage: userMessage(failure.request)
    case .userNotFirst, .rolesNotAlternating: alternation(failure)
    case .replyTooLong: "use a smaller \(replyLimit(failure.payload)) in --payload"
    case .toolsRefused, .callNotRequired, .callFailed: otherTools(intent, failure)
    case .parameterRefused: otherParameter(failure)
    case .modelUnknown: otherModel(failure.model)
    case .keyRefused: key(failure)
    case .tlsExpected: "write https:// instead of http://"
    }
  }

  /// Advice for a reply without any text; nil if there is none.
  func remedyForEmptiness(_ finishReason: String?, of failure: FailedRequest) -> String? {
    switch finishReason?.lowercased() {
    // OpenAI and Azure, Anthropic, Gemini, Zhipu, Bedrock.
    case "content_filter"?, "content_filtered"?, "refusal"?, "safety"?, "recitation"?, "blocklist"?, "spii"?,
      "prohibited_content"?, "sensitive"?, "guardrail_intervened"?:
      "the provider withheld it: another model, or other words in "
        + (failure.isRoom ? "--topic" : "--opening and --system-prompt") + ", may pass"
    // OpenAI, Anthropic, Gemini, Mistral.
    case "length"?, "max_tokens"?, "model_length"?:
      "allow it more tokens: " + moreTokens(failure.payload)
    default: userMessage(failure.request)
    }
  }

  // MARK: The common remedies

  private func lessContext(_ failure: FailedRequest) -> String {
    let limit = failure.error?.namedLimit.map { " of \($0) tokens" } ?? ""
    return "the conversation does not fit the model's context\(limit) any more: "
      + "use fewer turns (--max-turns), shorter ones (--max-chars)\(smallerReply(failure)) or \(largerContext)"
  }

  /// Advises a smaller reply limit if the endpoint counts the reply's tokens against the limit that was
  /// exceeded.
  private func smallerReply(_ failure: FailedRequest) -> String {
    let counts = ["max_tokens", "max_completion_tokens", "max_new_tokens", "in the completion"]
    guard counts.contains(where: failure.words.contains) else { return "" }
    return ", a smaller \(replyLimit(failure.payload)) in --payload"
  }

  private func moreQuota(_ failure: FailedRequest) -> String {
    let key = failure.keyVariable.map { "another key in \($0)" } ?? "another key"
    return "the account's quota is used up: add to it, or use \(key)\(smallerReply(failure)) or another model"
  }

  private func noSystem(_ failure: FailedRequest) -> String? {
    let request = failure.request
    if failure.isRoom {
      return "the model takes no system prompt, which rooms need: use another one in the config"
    }
    if request.hasSystemPrompt {
      return "the model takes no system prompt: leave it empty (--system-prompt \"\") and say the same in "
        + "--opening or a preamble"
    }
    return request.hasSystemMessages
      ? "the model takes no system messages: make those of the preamble user messages" : nil
  }

  private func userMessage(_ request: RequestShape) -> String? {
    guard !request.hasUserText else { return nil }
    if request.hasUserMessage { return "the preamble's user messages are blank: give one of them a text" }
    return request.roles == .asIs
      ? "there is no user message to answer: --roles alternate begins with a short one" : nil
  }

  private func alternation(_ failure: FailedRequest) -> String? {
    let request = failure.request
    let hasSystem = request.hasSystemPrompt || request.hasSystemMessages
    // Templates without a system role treat the system prompt as a turn.
    if request.roles == .alternate { return hasSystem ? noSystem(failure) : nil }
    let flag = "--roles alternate makes user and assistant take turns"
    return request.isAlternating && request.hasSystemPrompt && !failure.isRoom
      ? flag + ", with --system-prompt \"\" where the model has no system role" : flag
  }

  private func otherParameter(_ failure: FailedRequest) -> String? {
    let words = failure.words
    let named = failure.payload.keys.filter { key in
      // xAI writes presencePenalty.
      words.hasWord(key.lowercased()) || words.hasWord(key.lowercased().filter { $0 != "_" })
        || parameterWords[key].map(words.hasWord) ?? false
    }
    if let key = named.first {
      // OpenAI: "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
      let better = words.firstRange(of: "use '").map { words[$0.upperBound...].prefix { $0 != "'" } }
      let isName = better.map { $0.count < 40 && $0.allSatisfy { $0.isLetter || $0 == "_" } } ?? false
      if let better, isName, words.contains("instead") {
        return "use \(better) instead of \(key) in --payload"
      }
      return "leave \(named.joined(separator: " or ")) out of --payload"
    }
    return failure.request.isStream && words.hasWord("stream") ? "--no-stream asks for whole replies" : nil
  }

  private func otherTools(_ intent: ErrorIntent, _ failure: FailedRequest) -> String? {
    let own = ["tools", "tool_choice", "functions", "function_call"].filter { failure.payload[$0] != nil }
    if let key = own.first, intent != .callFailed {
      return "leave \(own.contains("tools") ? "tools" : key) out of --payload"
    }
    switch intent {
    case .callFailed: return "another model may be better at calling tools"
    case .callNotRequired where failure.words.contains("thinking"):
      return "the call of a tool cannot be required of it while it thinks: turn its thinking off in "
        + "--payload, or use another model"
    case .callNotRequired: return "the call of a tool cannot be required of it: use another model"
    default:
      return failure.request.isStream && failure.words.contains("streaming mode")
        ? "--no-stream asks for whole replies" : "it takes no tools: use another model or server for them"
    }
  }

  private func otherModel(_ model: String) -> String {
    let fetch = fetchingModel(model).map { "; \($0)" } ?? ""
    return "check the name of the model '\(model)': 'resonant check' tells which ones there are\(fetch)"
  }

  private func key(_ failure: FailedRequest) -> String {
    let place = failure.isRoom ? "the provider's token" : "--headers"
    if failure.hasKey {
      return "check the key in " + (failure.keyVariable.map { "\($0) or in " } ?? "") + place
    }
    let variable = failure.keyVariable.map { "in \($0), or " } ?? ""
    if failure.isRoom { return "give the endpoint's key \(variable)in \(place), as in token: '${NAME}'" }
    let header = "\"\(keyHeader.name)\": \"\(keyHeader.prefix)${NAME}\""
    return "give the endpoint's key \(variable)in --headers, as in {\(header)}"
  }

  /// The payload's key that limits a reply's tokens, or the usual one.
  func replyLimit(_ payload: JSONObject) -> String {
    replyLimits.first { payload[$0] != nil } ?? replyLimits.first ?? "max_tokens"
  }
}

extension String {
  /// Whether the word occurs on its own, not as part of another.
  func hasWord(_ word: String) -> Bool {
    ranges(of: word).contains { range in
      let around = [self[..<range.lowerBound].last, self[range.upperBound...].first]
      return around.allSatisfy { $0.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true }
    }
  }
}
