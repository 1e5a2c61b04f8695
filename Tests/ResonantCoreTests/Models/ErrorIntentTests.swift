// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

@testable import ResonantCore

/// Errors in the words of many servers.
struct ErrorIntentTests {
  static let said: [(String, ErrorIntent?)] = [
    ("The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).", .contextFull),
    (
      "Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with context "
        + "length of only 7866 tokens, which is not enough.", .contextFull
    ),
    ("Context size has been exceeded.", .contextFull),
    ("The input (61709 tokens) is longer than the model's context length (40960 tokens).", .contextFull),
    ("The decoder prompt (length 17772) is longer than the maximum model length of 16384", .contextFull),
    (
      "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 204800]", .contextFull
    ),
    ("Invalid request: Your request exceeded model token limit: 262144 (requested: 270000)", .contextFull),
    ("Prompt exceeds max length", .contextFull),
    ("prompt token count of 138898 exceeds the limit of 64000", .contextFull),
    ("Context length 5000 is greater than max_seq_len 4096", .contextFull),
    ("deepseek-reasoner does not support successive user or assistant messages", .rolesNotAlternating),
    ("Last message must have role `user` or `tool`.", .userNotLast),
    ("Model grok-4.5 does not support parameter presencePenalty.", .parameterRefused),
    ("Argument not supported on this model: stop", .parameterRefused),
    ("Your account is suspended (exceeded_current_quota_error)", .quotaUsed),
    ("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 8740 `inputs` tokens", .contextFull),
    ("Your credit balance is too low to access the Anthropic API.", .quotaUsed),
    ("You exceeded your current quota, please check your plan", .quotaExceeded),
    (
      "After the optional system message, conversation roles must alternate user/assistant",
      .rolesNotAlternating
    ),
    ("messages: roles must alternate between \"user\" and \"assistant\"", .rolesNotAlternating),
    ("Please ensure that multiturn requests alternate between user and model", .rolesNotAlternating),
    (
      "After the (optional) system message(s), user and assistant roles should be alternating.",
      .rolesNotAlternating
    ),
    ("Unexpected role 'user' after role 'tool'", .rolesNotAlternating),
    ("messages: first message must use the \"user\" role", .userNotFirst),
    (
      "This model does not support assistant message prefill. The conversation must end with a user message.",
      .userNotLast
    ),
    (
      "Error rendering prompt with jinja template: \"Only user and assistant roles are supported!\".",
      .noSystemRole
    ),
    (
      "Only user and assistant roles are supported, with the exception of an initial optional system message!",
      .systemNotFirst
    ),
    ("This model doesn't support system messages. Try again without a system message", .noSystemRole),
    ("Unsupported value: 'messages[0].role' does not support 'system' with this model.", .noSystemRole),
    ("Developer instruction is not enabled for models/gemma-3-27b-it", .noSystemRole),
    ("chat prompt error: no user query found in messages", .noUserMessage),
    ("[] is too short - 'messages'", .noUserMessage),
    ("Invalid 'messages': empty array. Expected an array with minimum length 1", .noUserMessage),
    ("'messages' : minimum number of items is 1", .noUserMessage),
    ("* GenerateContentRequest.contents: contents is not specified", .noUserMessage),
    ("The model `gpt-9` does not exist or you do not have access to it.", .modelUnknown),
    ("property 'min_p' is unsupported", .parameterRefused),
    ("API key not valid. Please pass a valid API key.", .keyRefused),
    (
      "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the "
        + "`context_window` for this model", .replyTooLong
    ),
    ("temperature must be a number", nil), ("role must be user or assistant", nil),
    ("The server had an error while processing your request", nil), ("404 page not found", nil),
    ("Too many tokens, please wait before trying again.", nil), ("try an alternative model", nil),
  ]

  @Test(arguments: said) func whatAnErrorIsAbout(words: String, intent: ErrorIntent?) {
    #expect(ErrorIntent(ProviderError(words), status: 400) == intent)
  }

  @Test func aRateOfTokensIsNoContext() {
    let words = "This would exceed your rate limit of 200,000 context window tokens per minute"
    #expect(ErrorIntent(ProviderError(words), status: 429) == nil)
    #expect(ErrorIntent(ProviderError("insufficient_quota"), status: 429) == .quotaUsed)
  }

  @Test(arguments: [
    ("longer than the maximum model length of 16384", 16384), ("input length should be [1, 204800]", 204_800),
    ("exceeded model token limit: 262144 (requested: 270000)", 262_144),
    ("exceeds the limit of 64000", 64000), ("greater than max_seq_len 4096", 4096),
    ("exceed context window of 4096", 4096), ("context window limit (8000)", 8000),
  ])
  func limitsAreFoundInMoreWordings(words: String, limit: Int) {
    #expect(ProviderError(words).namedLimit == limit)
  }

  @Test func aDelayMayBeAMemberOrAWait() {
    #expect(ProviderError("Please wait 2 seconds before retrying.").namedDelay == .seconds(2))
    let value: JSONValue = ["error": ["message": "slow down", "retry_after": 2.5]]
    #expect(ProviderError(inErrorBody: value)?.namedDelay == .seconds(2.5))
  }

  @Test func aStatusTellsWhereWordsDoNot() {
    #expect(ErrorIntent(nil, status: 402) == .quotaUsed)
    #expect(ErrorIntent(nil, status: 413) == .requestTooLarge)
    #expect(ErrorIntent(ProviderError("no"), status: 403) == .keyRefused)
    #expect(ErrorIntent(ProviderError("The model x does not exist"), status: 403) == .modelUnknown)
    #expect(ErrorIntent(ProviderError("Country not supported"), status: 403) == nil)
    #expect(ErrorIntent(ProviderError("no"), status: 500) == nil)
  }

  static let limits: [(String, Int?)] = [
    ("This model's maximum context length is 16384 tokens. However, you requested 122946 tokens", 16384),
    ("The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).", 1_048_576),
    ("However, the model is loaded with context length of only 7866 tokens, which is not enough.", 7866),
    ("Reached context length of 4096 tokens with model (arch: qwen3vlmoe)", 4096),
    ("prompt is too long: 208310 tokens > 200000 maximum", 200_000),
    ("input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease", 200_000),
    ("request (100018 tokens) exceeds the available context size (4096 tokens), try increasing it", 4096),
    ("The input (61709 tokens) is longer than the model's context length (40960 tokens).", 40960),
    ("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 8740 `inputs` tokens", 4096),
    ("`inputs` must have less than 1,024 tokens. Given: 2000", 1024),
    ("Prompt contains 33000 tokens, too large for model with 32768 maximum context length", 32768),
    ("This model's maximum prompt length is 131072 but the request contains 537812 tokens.", 131_072),
    ("Input tokens exceed the configured limit of 272000 tokens.", 272_000),
    ("Context size has been exceeded.", nil), ("maximum context length is reached", nil),
    ("maximum context length is 99999999999999999999999 tokens", nil),
  ]

  @Test(arguments: limits) func theLimitIsRead(words: String, limit: Int?) {
    #expect(ProviderError(words).namedLimit == limit)
  }

  static let delays: [(String, Duration?)] = [
    ("Please try again in 7.66s. Visit", .seconds(7.66)), ("Please try again in 1m2.5s.", .seconds(62.5)),
    ("Please try again in 9m38.016s. Need more tokens?", .seconds(578.016)),
    ("try again in 250ms", .seconds(0.25)),
    ("Please retry in 38.863719904s.", .seconds(38.863719904)),
    ("Please retry after 24 seconds.", .seconds(24)),
    ("try again in 2 hours 3 minutes", .seconds(7380)), ("Try again in 1h0m5s", .seconds(3605)),
    ("try again in 99999999999h", .seconds(1e9)),
    ("try again in a moment", nil), ("try again in 20", nil), ("try again later", nil),
    ("try again in ...s", nil),
  ]

  @Test(arguments: delays) func theDelayIsRead(words: String, delay: Duration?) {
    #expect(ProviderError(words).namedDelay == delay)
  }

  @Test func theFieldOfTheDelayCountsBeforeTheWords() throws {
    let error = try #require(
      ProviderError(inErrorBody: [
        "error": ["message": "retry in 9s", "details": [["x": 1], ["retryDelay": "34s"]]]
      ]))
    #expect(error.namedDelay == .seconds(34))
  }
}

struct KeyAdviceTests {
  static let hosts: [(url: String, environment: [String: String], headers: JSONObject, advice: String)] = [
    (
      "https://api.openai.com/v1", [:], [:],
      #"key in OPENAI_API_KEY, or in --headers, as in {"Authorization""#
    ),
    (
      "https://api.openai.com/v1", ["OPENAI_API_KEY": "sk-1"], [:],
      "check the key in OPENAI_API_KEY or in --headers"
    ),
    (
      "https://api.anthropic.com/v1/messages", [:], [:],
      #"in ANTHROPIC_API_KEY, or in --headers, as in {"x-api-key""#
    ),
    ("https://h.azure.example/v1", [:], ["api-key": "k"], "; check the key in --headers"),
  ]

  @Test(arguments: hosts)
  func theVariableOfTheKeyIsNamed(
    url: String, environment: [String: String], headers: JSONObject, advice: String
  ) throws {
    let endpoint = try Endpoint.resolve(url, headers: headers, environment: environment)
    let messages = EndpointMessages(
      endpoint: endpoint, model: "m", redactor: Redactor(secrets: endpoint.secrets))
    let message = messages.status(HTTPResponseHead(status: 401, headers: []), body: Array("no".utf8)).message
    #expect(message.contains(advice), "\(message)")
  }
}

struct RequestShapeTests {
  func shape(_ messages: [Message], payload: JSONObject = [:]) -> RequestShape {
    RequestShape(ModelRequest(turn: 1, system: SharedText("s"), messages: messages), payload: payload)
  }

  static let turns: [([Message], isAlternating: Bool)] = [
    ([], true), ([Message(.user, "a")], true), ([Message(.user, "a"), Message(.assistant, "b")], true),
    ([Message(.assistant, "a"), Message(.user, "b")], false),
    ([Message(.user, "a"), Message(.user, "b")], false),
    ([Message(.user, "a"), Message(.assistant, "b"), Message(.assistant, "c")], false),
    ([Message(.system, "x"), Message(.user, "a"), Message(.system, "y"), Message(.assistant, "b")], true),
  ]

  @Test(arguments: turns) func turnsAreCounted(messages: [Message], isAlternating: Bool) {
    #expect(shape(messages).isAlternating == isAlternating)
  }

  @Test func blanksAreNoText() {
    #expect(shape([Message(.user, " \n")]).hasUserMessage)
    #expect(!shape([Message(.user, " \n")]).hasUserText)
    #expect(!shape([Message(.assistant, "a")]).hasUserMessage)
    #expect(shape([], payload: ["messages": [["role": "user", "content": [["type": "text"]]]]]).hasUserText)
  }
}
