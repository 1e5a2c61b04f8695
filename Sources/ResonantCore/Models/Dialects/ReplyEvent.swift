// SPDX-License-Identifier: MIT

/// The content of one JSON value of a response, in any of the three shapes.
struct ReplyEvent: Sendable, Equatable {
  /// The index of the choice; nil if there is none.
  var choice: Int?
  var text = ""
  var thinking = ""
  var promptTokens: Int?
  var completionTokens: Int?
  var finishReason: String?
  /// The model that answers, according to the endpoint.
  var model: String?
  var toolCalls: [ToolCallDelta] = []
  var failure: ProviderError?
  /// Nothing after this event belongs to the reply.
  var isEnd = false
  /// The event only keeps the connection alive.
  var isPing = false
  /// The value has one of the known shapes.
  var isKnown = true
  /// Text, reasoning and tool calls are the whole message so far, not just what is new.
  var isMessage = false
  /// A whole reply, not a piece of a stream.
  var isWhole = false

  init() {}

  /// - Parameter choice: the index of the choice that forms the reply; nil while none is known. Other choices
  ///   are ignored.
  init(_ value: JSONValue, following choice: Int? = nil) {
    failure = ProviderError(inReply: value)
    guard failure == nil else { return }
    let event = value.object ?? [:]
    if event["choices"]?.array != nil {
      readOpenAI(event, following: choice)
    } else if event["type"]?.string != nil || event["delta"]?.object != nil || event["content"] != nil {
      readAnthropic(event)
    } else if let message = event["message"]?.object {
      readOllama(message, in: event)
    } else {
      // Some servers send token counts in an event of their own.
      isKnown = event["usage"]?.object != nil
    }
    if let name = event["model"]?.string, !name.isEmpty { model = name }
    readUsage(event["usage"])
    // OpenRouter reports failures of the provider behind it this way.
    if finishReason?.lowercased() == "error", failure == nil {
      failure = ProviderError("the finish reason is '\(finishReason ?? "")'")
    }
  }

  /// A meaningful finish reason. SGLang sends an empty one with every chunk, other servers a word for null.
  static func reason(_ value: JSONValue?) -> String? {
    guard let reason = value?.string else { return nil }
    let word = reason.lowercased().filter { !$0.isWhitespace }
    return meaninglessReasons.contains(word) ? nil : reason
  }

  private static let meaninglessReasons: Set<String> = [
    "", "null", "none", "nil", "undefined", "unspecified", "finish_reason_unspecified",
  ]

  /// Whether the event adds to the reply itself.
  var hasContent: Bool { !text.isEmpty || !thinking.isEmpty || !toolCalls.isEmpty }

  /// Reads token counts of OpenAI's and Anthropic's replies. Anthropic's `input_tokens` exclude cached
  /// tokens.
  mutating func readUsage(_ usage: JSONValue?) {
    guard let usage = usage?.object else { return }
    promptTokens = usage["prompt_tokens"]?.int ?? promptTokens
    completionTokens = usage["completion_tokens"]?.int ?? usage["output_tokens"]?.int ?? completionTokens
    if let input = usage["input_tokens"]?.int {
      let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"].compactMap { usage[$0]?.int }
      promptTokens = cached.reduce(input) { sum, count in
        let (total, overflow) = sum.addingReportingOverflow(count)
        return overflow ? .max : total
      }
    }
  }

  /// The text of a `content` that is a string or a list of blocks, of which those of type `text` count.
  static func text(_ content: JSONValue?) -> String {
    switch content {
    case .string(let text): text
    case .array(let blocks):
      blocks.filter { $0["type"]?.string == "text" }.compactMap { $0["text"]?.string }.joined()
    default: ""
    }
  }

  /// The reasoning in a list of blocks: `{"type": "thinking", "thinking": …}`, where Mistral has a list of
  /// texts, and OpenRouter's `reasoning.text` and `reasoning.summary`.
  static func thinking(_ content: JSONValue?) -> String {
    (content?.array ?? []).map { block in
      switch block["type"]?.string {
      case "thinking": block["thinking"]?.string ?? text(block["thinking"])
      case "reasoning", "reasoning.text": block["text"]?.string ?? ""
      case "reasoning.summary": block["summary"]?.string ?? ""
      default: ""
      }
    }.joined()
  }
}
