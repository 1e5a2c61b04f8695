// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Token counts as reported by endpoints, or our estimate.
public struct Usage: Sendable, Equatable {
  public var promptTokens: Int
  public var completionTokens: Int
  /// True if the endpoint reported none and we counted 4 characters per token.
  public var estimated: Bool

  /// Clamps the counts to `Transcript.counts`, whatever an endpoint reports.
  public init(promptTokens: Int, completionTokens: Int, estimated: Bool = false) {
    self.promptTokens = promptTokens.clamped(to: Transcript.counts)
    self.completionTokens = completionTokens.clamped(to: Transcript.counts)
    self.estimated = estimated
  }

  public static let zero = Usage(promptTokens: 0, completionTokens: 0)
  public var total: Int { promptTokens + completionTokens }

  /// The counts as members of a record.
  var fields: JSONObject {
    var fields: JSONObject = [
      "prompt_tokens": .int(promptTokens), "completion_tokens": .int(completionTokens),
    ]
    if estimated { fields["estimated"] = true }
    return fields
  }

  public static func + (left: Usage, right: Usage) -> Usage {
    Usage(
      promptTokens: left.promptTokens + right.promptTokens,
      completionTokens: left.completionTokens + right.completionTokens,
      estimated: left.estimated || right.estimated)
  }
}

extension Int {
  func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

/// How a turn ended.
public enum Outcome: String, Sendable, CaseIterable {
  /// The first message, given by the user and not generated.
  case opening
  /// The model ended the reply itself.
  case finished
  /// Text beyond the character limit was discarded.
  case truncated
  /// Cut by a signal or by a listener.
  case interrupted
  /// The stream failed after some text.
  case incomplete
  case passed, human, injected

  /// Whether a resumed conversation asks for this turn again.
  public var isCut: Bool { self == .interrupted || self == .incomplete }

  /// Whether a model generated the text.
  public var isGenerated: Bool {
    switch self {
    case .finished, .truncated, .interrupted, .incomplete: true
    case .opening, .passed, .human, .injected: false
    }
  }
}

/// A tool call made by a model.
public struct ToolCall: Sendable, Equatable {
  public var id: String?
  public var name: String
  /// The arguments as JSON text, possibly cut off or not valid JSON.
  public var arguments: String

  public init(id: String? = nil, name: String, arguments: String) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// One contribution to a conversation.
public struct Turn: Sendable, Equatable {
  /// From 1, including the opening; preambles are not turns.
  public var number: Int
  /// The participant's name.
  public var speaker: String
  /// The requested model.
  public var model: String
  /// The model that answered according to the endpoint, if it differs.
  public var servedModel: String?
  /// Everything the speaker said, ready for use in requests.
  var said: SharedText
  /// What the others were shown, if that differs (filtered thinking).
  public var heard: String?
  /// Reasoning that came in separate fields.
  public var thinking: String?
  public var outcome: Outcome
  public var started: Date
  public var firstTokenMilliseconds: Int?
  public var milliseconds: Int
  public var usage: Usage?
  public var finishReason: String?
  public var toolCalls: [ToolCall]
  /// Requests for this turn that failed before the successful one.
  public var retries: Int

  public init(
    number: Int, speaker: String, model: String, text: String, outcome: Outcome, started: Date,
    milliseconds: Int = 0
  ) {
    self.number = number
    self.speaker = speaker
    self.model = model
    said = SharedText(text)
    self.outcome = outcome
    self.started = started
    self.milliseconds = milliseconds
    toolCalls = []
    retries = 0
  }

  /// Everything the speaker said.
  public var text: String {
    get { said.string }
    set { said = SharedText(newValue) }
  }

  /// Length of `text` in Unicode code points, the unit of all limits and displayed counts.
  public var characters: Int { text.unicodeScalars.count }
}
