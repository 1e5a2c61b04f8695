// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tokens that endpoints said they used, or our estimate of them.
public struct Usage: Sendable, Equatable {
  public var promptTokens: Int
  public var completionTokens: Int
  /// True when the endpoint did not say and 4 characters were taken for a token.
  public var estimated: Bool

  /// Counts outside `Transcript.counts` are taken for the nearest that is inside, whatever an endpoint says.
  public init(promptTokens: Int, completionTokens: Int, estimated: Bool = false) {
    self.promptTokens = promptTokens.clamped(to: Transcript.counts)
    self.completionTokens = completionTokens.clamped(to: Transcript.counts)
    self.estimated = estimated
  }

  public static let zero = Usage(promptTokens: 0, completionTokens: 0)
  public var total: Int { promptTokens + completionTokens }

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

/// How a turn came to its end.
public enum Outcome: String, Sendable, CaseIterable {
  /// The first message, given and not generated.
  case opening
  /// The model came to its own end.
  case finished
  /// Text beyond the character limit was dropped.
  case truncated
  /// Cut by a signal or by somebody in the room.
  case interrupted
  /// The stream broke or failed after some text.
  case incomplete
  case passed, human, injected

  /// Whether a resumed conversation asks for this turn again.
  public var isCut: Bool { self == .interrupted || self == .incomplete }

  /// Whether a model was asked for the text, and gave it.
  public var isGenerated: Bool {
    switch self {
    case .finished, .truncated, .interrupted, .incomplete: true
    case .opening, .passed, .human, .injected: false
    }
  }
}

/// A call of a tool as a model made it.
public struct ToolCall: Sendable, Equatable {
  public var id: String?
  public var name: String
  /// The arguments as JSON text, which may be cut off or no JSON at all.
  public var arguments: String

  public init(id: String? = nil, name: String, arguments: String) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// One contribution to a conversation.
public struct Turn: Sendable, Equatable {
  /// From 1, the opening included; preambles are not turns.
  public var number: Int
  /// The participant's name.
  public var speaker: String
  /// The model that was asked for.
  public var model: String
  /// The model that the endpoint says answered, where it is another.
  public var servedModel: String?
  /// All that the speaker said, in the form in which requests carry it.
  var said: SharedText
  /// What the others were shown, where that is something else (filtered thinking).
  public var heard: String?
  /// Reasoning that came in fields of its own.
  public var thinking: String?
  public var outcome: Outcome
  public var started: Date
  public var firstTokenMilliseconds: Int?
  public var milliseconds: Int
  public var usage: Usage?
  public var finishReason: String?
  public var toolCalls: [ToolCall]
  /// Requests for this turn that failed before the one that gave it.
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

  /// All that the speaker said.
  public var text: String {
    get { said.string }
    set { said = SharedText(newValue) }
  }

  /// Length of `text` in Unicode code points, the unit of every limit and count that is shown.
  public var characters: Int { text.unicodeScalars.count }
}
