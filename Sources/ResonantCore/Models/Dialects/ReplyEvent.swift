// SPDX-License-Identifier: MIT

/// What one JSON value of a response says, in whichever of the three shapes it comes.
struct ReplyEvent: Sendable, Equatable {
  var text = ""
  var thinking = ""
  var promptTokens: Int?
  var completionTokens: Int?
  var finishReason: String?
  /// The model that answers, as the endpoint names it.
  var model: String?
  var toolCalls: [ToolCallDelta] = []
  var failure: ProviderError?
  /// Nothing follows that belongs to the reply.
  var isEnd = false
  /// Only keeps the connection alive.
  var isPing = false
  /// Has one of the shapes that we know.
  var isKnown = true
  /// A whole reply and no piece of a stream.
  var isWhole = false

  init() {}

  init(_ value: JSONValue) {
    failure = ProviderError(inReply: value)
    guard failure == nil else { return }
    let event = value.object ?? [:]
    if event["choices"]?.array != nil {
      readOpenAI(event)
    } else if event["type"]?.string != nil || event["delta"]?.object != nil || event["content"] != nil {
      readAnthropic(event)
    } else if let message = event["message"]?.object {
      readOllama(message, in: event)
    } else {
      isKnown = false
    }
    if let name = event["model"]?.string, !name.isEmpty { model = name }
    readUsage(event["usage"])
  }

  /// Token counts of OpenAI's and Anthropic's replies. Anthropic's `input_tokens` leave out what was cached.
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

  /// The text of a content that is a string, or a list of blocks of which those of type `text` count.
  static func text(_ content: JSONValue?) -> String {
    switch content {
    case .string(let text): text
    case .array(let blocks):
      blocks.filter { $0["type"]?.string == "text" }.compactMap { $0["text"]?.string }.joined()
    default: ""
    }
  }

  /// The reasoning in a list of blocks.
  static func thinking(_ content: JSONValue?) -> String {
    (content?.array ?? []).filter { $0["type"]?.string == "thinking" }
      .map { $0["thinking"]?.string ?? text($0["thinking"]) }.joined()
  }
}
