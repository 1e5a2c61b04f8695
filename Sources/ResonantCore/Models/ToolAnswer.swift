// SPDX-License-Identifier: MIT

import OrderedCollections

/// What a model answered to a request that requires the call of a tool (`ModelRequest.requiredTool`).
public enum ToolAnswer: Sendable, Equatable {
  /// The arguments of the call, or the same object as text: a model that cannot call tools, or that was given
  /// a format instead, writes it that way.
  case arguments(JSONObject)
  /// The tool was called, but the arguments, quoted here, are not a JSON object.
  case malformed(String)
  /// An answer in words, or calls of other tools, instead of the call.
  case other(String)
  case empty

  /// - Parameter text: the text of the reply, with or without thinking spans.
  public init(_ tool: String, in completion: Completion, text: String) {
    let calls = completion.toolCalls.filter { $0.name == tool }.map(\.arguments)
    if let arguments = calls.lazy.compactMap(Self.object).first {
      self = .arguments(arguments)
    } else if let malformed = calls.first {
      self = .malformed(malformed)
    } else if let arguments = Self.written(in: text, tool) {
      self = .arguments(arguments)
    } else {
      let others = completion.toolCalls.map { "\($0.name)(\($0.arguments))" }
      let parts = (Self.isBlank(text) ? [] : [text]) + others
      self = parts.isEmpty ? .empty : .other(parts.joined(separator: "\n"))
    }
  }

  /// The arguments; nil if there are none that can be used.
  public var arguments: JSONObject? {
    if case .arguments(let arguments) = self { arguments } else { nil }
  }

  /// Servers send no arguments at all for a call without any.
  private static func object(_ arguments: String) -> JSONObject? {
    isBlank(arguments) ? [:] : (try? JSONValue.parse(arguments))?.object
  }

  /// The arguments in a text that is nothing else, or has them in a fence, between the tags of a call that the
  /// server did not recognise, or behind the end of a thinking span.
  private static func written(in text: String, _ tool: String) -> JSONObject? {
    // A template may have opened the span in the prompt.
    let behind = text.ranges(of: "</think>").last.map { String(text[$0.upperBound...]) }
    let texts = [text, ThinkingSpans.filter(text).heard, behind].compactMap(\.self)
    let candidates = texts.flatMap { text in
      let marked = [inside("```", "```", of: text), inside("<tool_call>", "</tool_call>", of: text)]
      return [text] + marked.compactMap(\.self)
    }
    guard let object = candidates.lazy.compactMap({ (try? JSONValue.parse($0))?.object }).first else {
      return nil
    }
    // The whole call instead of its arguments.
    if object["name"]?.string == tool, let inner = (object["arguments"] ?? object["parameters"])?.object {
      return inner
    }
    return object
  }

  /// The object between two marks, the second of which may be missing. A fence may name its language.
  private static func inside(_ opening: String, _ closing: String, of text: String) -> String? {
    guard let open = text.firstRange(of: opening),
      let start = text[open.upperBound...].firstIndex(of: "{")
    else {
      return nil
    }
    return String(text[start..<(text[start...].firstRange(of: closing)?.lowerBound ?? text.endIndex)])
  }

  private static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }
}
