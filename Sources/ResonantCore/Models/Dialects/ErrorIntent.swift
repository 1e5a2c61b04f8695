// SPDX-License-Identifier: MIT

/// What an error is about, if the user can do something about it.
enum ErrorIntent: Sendable, Equatable, CaseIterable {
  /// The request does not fit the model's context.
  case contextFull
  /// The request exceeds a size limit, whatever the size of the model's context.
  case requestTooLarge
  /// The account has no quota or credit left: waiting does not help.
  case quotaUsed
  /// A quota is exceeded. It counts as used up unless the endpoint says when to try again.
  case quotaExceeded
  /// System messages are allowed only at the start.
  case systemNotFirst
  case noSystemRole
  case userNotLast
  case userNotFirst
  case noUserMessage
  case rolesNotAlternating
  /// The request asks for more tokens than the model can generate.
  case replyTooLong
  /// The model or its server supports no tools.
  case toolsRefused
  /// Tools may be offered, but the call of one cannot be required.
  case callNotRequired
  /// The model tried to call a tool, and the server could not read the call.
  case callFailed
  case parameterRefused
  case modelUnknown
  /// The key is missing or invalid.
  case keyRefused
  /// The server speaks TLS, and was asked without.
  case tlsExpected

  /// Recognises the intent from the endpoint's words and the status; nil if neither shows one.
  ///
  /// - Parameter status: the status of the response or in the error.
  init?(_ error: ProviderError?, status: Int?) {
    let words = error?.words ?? ""
    // A rate limit error may mention tokens, but is not about the length of the conversation.
    let isRate = status == 429
    let known = Self.wordings.first { intent, phrases in
      !(isRate && intent == .contextFull) && phrases.contains { Self.matches($0, words) }
    }
    if let known {
      self = known.intent
    } else if status == 402 {
      self = .quotaUsed
    } else if status == 413 {
      self = .requestTooLarge
    } else if status == 401 || status == 403, !words.contains("country") {
      self = .keyRefused
    } else {
      return nil
    }
  }

  /// Whether the same request would fail again, whatever the status: template errors come as 500, an
  /// exhausted quota as 429.
  var isFinal: Bool { ![.quotaExceeded, .modelUnknown, .callFailed].contains(self) }

  /// Whether the same request may succeed without tools.
  var isAboutTools: Bool { [.toolsRefused, .callNotRequired, .callFailed].contains(self) }

  /// - Parameter phrase: parts separated by `*`, which must occur in `words` in this order.
  private static func matches(_ phrase: String, _ words: String) -> Bool {
    var rest = words[...]
    for part in phrase.split(separator: "*") {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }

  /// Error wordings of servers in lower case, with the servers that use them; the first matching intent
  /// counts. All dialects share them, because gateways pass on the words of the servers behind them.
  private static let wordings: [(intent: ErrorIntent, phrases: [String])] = [
    (
      .contextFull,
      [
        "exceed_context_size", "available context size",  // llama.cpp
        "context_length_exceeded", "context window", "exceed the configured limit",  // OpenAI
        "reduce the length of the messages",  // OpenAI, Groq
        "maximum context length",  // OpenAI, vLLM, DeepSeek, Mistral, OpenRouter
        "model's context length",  // vLLM, SGLang
        "prompt is too long", "exceed context limit", "model_context_window_exceeded",  // Anthropic
        "input token count (*exceeds",  // Gemini
        "context length of only", "context size has been exceeded", "reached context length",
        "greater than the context length", "exceeds context length",  // LM Studio
        "exceeds the context length", "exceeded max context length",  // Ollama
        "`inputs` tokens + `max_new_tokens`", "`inputs` must have less than",  // TGI, Together
        "input is too long for requested model", "too many input tokens",  // Bedrock
        "maximum prompt length",  // xAI
        "too many tokens: ",  // Cohere
        "longer than the maximum model length",  // vLLM
        "range of input length should be",  // Alibaba
        "exceeded model token limit",  // Moonshot
        "prompt exceeds max length",  // Zhipu
        "prompt token count of*exceeds the limit", "model_max_prompt_tokens_exceeded",  // GitHub
        "greater than max_seq_len",  // TabbyAPI
        "larger than the model input length limit",  // MLC
      ]
    ),
    (
      .tlsExpected,
      [
        "plain http request was sent to https port",  // nginx
        "http request to an https server",  // Go
        "speaking plain http to an ssl-enabled server port",  // Apache
      ]
    ),
    // OpenAI and Groq, for a request above the tokens-per-minute limit; Anthropic.
    (.requestTooLarge, ["request too large", "request_too_large"]),
    (
      .quotaUsed,
      [
        "insufficient_quota", "billing_hard_limit", "billing_not_active",  // OpenAI, Azure
        "credit balance", "specified api usage limits",  // Anthropic
        "insufficient balance",  // DeepSeek, Moonshot
        "insufficient credits", "more credits",  // OpenRouter
        "credit limit exceeded",  // Together
        "used all available credits", "spending limit",  // xAI
        "monthly included credits",  // Hugging Face
        "exceeded_current_quota_error",  // Moonshot
        "余额不足",  // Zhipu
      ]
    ),
    (.quotaExceeded, ["exceeded your current quota"]),  // Gemini; OpenAI, with insufficient_quota
    (
      .systemNotFirst,
      [
        "system message must be at the beginning",  // Qwen's templates
        "system message should be the first",  // LangChain before Gemini
        "exception of an initial optional system message",  // Mistral's templates
        "unexpected role 'system' after role",  // Mistral
      ]
    ),
    (
      .noSystemRole,
      [
        "system role not supported",  // Gemma's templates
        "only user and assistant roles are supported",  // Mistral's templates
        "does not support 'system'",  // OpenAI
        "support system messages",  // Bedrock, Vertex: doesn't, don't
        "developer instruction is not enabled",  // Gemini, for Gemma
        "message role: system",  // MiniMax
        "unknown role: system",
        "input should be 'user' or 'assistant'",  // services built with Pydantic
        "role*system*not supported",
      ]
    ),
    (
      .userNotLast,
      [
        "expected last role user",  // Mistral
        "last message must have role",  // Perplexity
        "assistant message prefill", "must end with a user message",  // Anthropic
        "ends with a user role",  // Gemini
        "assistant messages at the end of the list", "assistant response prefill",  // llama.cpp
      ]
    ),
    (
      .userNotFirst,
      [
        "must start with a user",  // Bedrock
        "first message must use the \"user\" role",  // Anthropic
        "first message*user", "must begin with a user",
      ]
    ),
    (
      .noUserMessage,
      [
        "no user query found",  // Qwen's templates, Ollama
        "contents is not specified", "contents are required", "at least one parts field",  // Gemini
        "at least one message is required", "at least one user message",  // Anthropic and others
        "must have at least one element", "must have at least one message",  // Helicone, Mistral
        "[] is too short", "array with minimum length 1",  // OpenAI
        "minimum number of items is 1",  // Groq
        "at least 1 item after validation",  // services built with Pydantic
        "only system messages",
      ]
    ),
    (
      .rolesNotAlternating,
      [
        "roles must alternate",  // the templates of Llama 2, Gemma and Mistral; Anthropic
        "roles should be alternating", "should alternate with",  // Perplexity
        "successive user or assistant messages",  // DeepSeek
        "alternate between user",  // Gemini
        "role*alternat", "alternat*role",
        "unexpected role*after role",  // Mistral
      ]
    ),
    (
      .replyTooLong,
      [
        "maximum allowed number of output tokens",  // Anthropic
        "max_tokens*too large", "max_completion_tokens*too large",  // OpenAI
        "invalid max_tokens value",  // DeepSeek
        "max_tokens*must be less than or equal",  // Groq
      ]
    ),
    (
      .callFailed,
      [
        "tool_use_failed", "failed to call a function",  // Groq
        "error parsing tool call",  // Ollama
      ]
    ),
    (
      .callNotRequired,
      [
        "support this tool_choice",  // DeepSeek
        "tool_choice forces tool use",  // Anthropic, with thinking
        "tool_choice*incompatible with thinking",  // Moonshot
        "tool_choice parameter does not support",  // Alibaba
        "support the provided 'tool_choice'",  // OpenRouter
        "invalid tool_choice",  // LM Studio, llama.cpp
        "allowed string values for 'tool_choice'",  // Groq
        "supported tool_choice values are", "invalid_tool_choice",  // Hugging Face
        "tool choices other than 'auto'",  // OpenAI
        "toolconfig.toolchoice",  // Bedrock
        "tool_choice param requires",  // llama.cpp
        "tool_choice=\"required\" requires", "named tool choice requires",  // vLLM
        "not support tool_choice", "tool_choice*not supported",
      ]
    ),
    (
      .toolsRefused,
      [
        "not support tool", "t support tool",  // Ollama, xAI, Bedrock: does not, doesn't
        "tools param requires",  // llama.cpp
        "--enable-auto-tool-choice", "--tool-call-parser",  // vLLM
        "endpoints found that support tool use",  // OpenRouter
        "tool calling*not supported",  // Groq
        "not support function", "functions are not supported",  // Bedrock, Azure
        "function calling is not",  // Gemini, Mistral: enabled, supported
        "tool use with function calling is unsupported",  // Gemini
      ]
    ),
    (
      .parameterRefused,
      [
        "unsupported parameter", "unsupported value", "unsupported_parameter", "unsupported_value",
        "unknown parameter", "unknown_parameter", "unrecognized request argument",  // OpenAI
        "extra inputs are not permitted", "extra_forbidden",  // Mistral, Anthropic
        "is unsupported",  // Groq
        "cannot find field",  // Gemini
        "does not support parameter",  // LiteLLM, xAI
        "argument not supported on this model",  // xAI
        "does not support thinking",  // Ollama
        "cannot both be specified", "may only be set to",  // Anthropic
      ]
    ),
    (
      .modelUnknown,
      [
        "model_not_found", "model*does not exist",  // OpenAI, vLLM
        "model*not found",  // Ollama, Gemini
        "not_found_error model:",  // Anthropic
        "model not exist",  // DeepSeek
        "invalid model name", "invalid model:",  // LiteLLM, Mistral
        "is not a valid model", "no endpoints found for",  // OpenRouter
        "deploymentnotfound",  // Azure
      ]
    ),
    (
      .keyRefused,
      [
        "invalid_api_key", "incorrect api key", "invalid api key", "authentication_error",
        "api key not valid",  // Gemini, with status 400
        "no auth credentials",  // OpenRouter
      ]
    ),
  ]
}

extension ProviderError {
  /// Most characters of an error that are searched.
  private static let wordsLimit = 4000

  /// The kind and the message in lower case.
  var words: String {
    String("\(type.map { $0 + " " } ?? "")\(message)".prefix(Self.wordsLimit)).lowercased()
  }
}
