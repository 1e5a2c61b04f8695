// SPDX-License-Identifier: MIT

import ResonantCore

/// A piece of a streamed reply, the same for every dialect.
public enum ReplyPiece: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  case text(String)
  /// Reasoning in the dialect's own field.
  case thinking(String)
  /// A JSON object as an event of the stream.
  case event(JSONValue)
  /// Bytes of the body as they are, line ends included.
  case raw(String)
  case hold(Gate)
  case pause(Duration)
  case stall, cut, reset

  public init(stringLiteral value: String) { self = .text(value) }
}

extension Answer {
  /// What ends a streamed reply beside its text.
  public struct Ending: Sendable {
    /// Nil: the stream ends without a word.
    public var reason: String?
    public var usage: (prompt: Int, completion: Int)?
    /// The dialect's own end mark, such as `[DONE]`.
    public var mark: Bool

    public init(reason: String? = "stop", usage: (prompt: Int, completion: Int)? = (11, 7), mark: Bool = true)
    {
      self.reason = reason
      self.usage = usage
      self.mark = mark
    }

    public static let usual = Ending()
    /// The body just ends.
    public static let none = Ending(reason: nil, usage: nil, mark: false)
  }

  /// A stream of OpenAI's chat completions.
  public static func openAI(_ pieces: ReplyPiece..., ending: Ending = .usual) -> Answer {
    openAI(pieces, ending: ending)
  }

  public static func openAI(_ pieces: [ReplyPiece], ending: Ending = .usual) -> Answer {
    func choice(_ delta: JSONValue, finish: JSONValue = .null) -> JSONValue {
      ["choices": [["index": 0, "delta": delta, "finish_reason": finish]]]
    }
    var events: [ReplyPiece] = [.event(choice(["role": "assistant", "content": ""]))]
    events += pieces.map { piece in
      switch piece {
      case .text(let text): .event(choice(["content": .string(text)]))
      case .thinking(let text): .event(choice(["reasoning_content": .string(text)]))
      default: piece
      }
    }
    if let reason = ending.reason { events.append(.event(choice([:], finish: .string(reason)))) }
    if let usage = ending.usage {
      let counts: JSONValue = [
        "prompt_tokens": .int(usage.prompt), "completion_tokens": .int(usage.completion),
      ]
      events.append(.event(["choices": [], "usage": counts]))
    }
    if ending.mark { events.append(.raw("data: [DONE]\n\n")) }
    return stream("text/event-stream", events) { "data: \($0.jsonText)\n\n" }
  }

  /// A stream of Anthropic's messages.
  public static func anthropic(_ pieces: ReplyPiece..., ending: Ending = Ending(reason: "end_turn")) -> Answer
  {
    func delta(_ type: String, _ key: String, _ text: String) -> ReplyPiece {
      let delta: JSONValue = .object(["type": .string(type), key: .string(text)])
      return .event(["type": "content_block_delta", "index": 0, "delta": delta])
    }
    let input = JSONValue.int(ending.usage?.prompt ?? 0)
    let message: JSONValue = ["role": "assistant", "content": [], "usage": ["input_tokens": input]]
    var events: [ReplyPiece] = [
      .event(["type": "message_start", "message": message]),
      .event(["type": "content_block_start", "index": 0, "content_block": ["type": "text", "text": ""]]),
    ]
    events += pieces.map { piece in
      switch piece {
      case .text(let text): delta("text_delta", "text", text)
      case .thinking(let text): delta("thinking_delta", "thinking", text)
      default: piece
      }
    }
    if let reason = ending.reason {
      events.append(.event(["type": "content_block_stop", "index": 0]))
      let usage: JSONValue = ["output_tokens": .int(ending.usage?.completion ?? 0)]
      events.append(
        .event(["type": "message_delta", "delta": ["stop_reason": .string(reason)], "usage": usage]))
    }
    if ending.mark { events.append(.event(["type": "message_stop"])) }
    return stream("text/event-stream", events) { event in
      "event: \(event["type"]?.string ?? "error")\ndata: \(event.jsonText)\n\n"
    }
  }

  /// A stream of Ollama's `/api/chat`.
  public static func ollama(_ pieces: ReplyPiece..., ending: Ending = .usual) -> Answer {
    func message(_ key: String, _ text: String) -> ReplyPiece {
      let message: JSONValue = .object(["role": "assistant", key: .string(text)])
      return .event(["model": "m", "message": message, "done": false])
    }
    var events = pieces.map { piece in
      switch piece {
      case .text(let text): message("content", text)
      case .thinking(let text): message("thinking", text)
      default: piece
      }
    }
    if ending.mark {
      var last: JSONObject = ["model": "m", "message": ["role": "assistant", "content": ""], "done": true]
      last["done_reason"] = ending.reason.map { .string($0) }
      last["prompt_eval_count"] = ending.usage.map { .int($0.prompt) }
      last["eval_count"] = ending.usage.map { .int($0.completion) }
      events.append(.event(.object(last)))
    }
    return stream("application/x-ndjson", events) { "\($0.jsonText)\n" }
  }

  /// The same answer with another line end in its body.
  public func withLineEnd(_ end: String) -> Answer {
    var copy = self
    copy.body = body.map { step in
      guard case .send(let bytes) = step else { return step }
      return .send(bytes.flatMap { $0 == UInt8(ascii: "\n") ? Array(end.utf8) : [$0] })
    }
    return copy
  }

  /// The same answer, its body written in pieces of so many bytes.
  public func inPieces(of size: Int) -> Answer {
    var copy = self
    copy.body = body.flatMap { step -> [Step] in
      guard case .send(let bytes) = step else { return [step] }
      return stride(from: 0, to: bytes.count, by: size).map { .send(Array(bytes[$0...].prefix(size))) }
    }
    return copy
  }

  private static func stream(
    _ type: String, _ pieces: [ReplyPiece], line: (JSONValue) -> String
  ) -> Answer {
    let steps = pieces.map { piece -> Step in
      switch piece {
      case .event(let event): .send(Array(line(event).utf8))
      case .raw(let text), .text(let text), .thinking(let text): .send(Array(text.utf8))
      case .hold(let gate): .hold(gate)
      case .pause(let time): .pause(time)
      case .stall: .stall
      case .cut: .cut
      case .reset: .reset
      }
    }
    return Answer(headers: [("Content-Type", type)], body: steps)
  }
}

/// Replies that come whole.
extension Answer {
  public static func openAIWhole(_ text: String, finish: String = "stop") -> Answer {
    let message: JSONValue = ["role": "assistant", "content": .string(text)]
    return .json([
      "choices": [["index": 0, "message": message, "finish_reason": .string(finish)]],
      "usage": ["prompt_tokens": 11, "completion_tokens": 7],
    ])
  }

  /// Each text is a block of its own.
  public static func anthropicWhole(_ texts: String...) -> Answer {
    .json([
      "type": "message", "role": "assistant", "stop_reason": "end_turn",
      "content": .array(texts.map { ["type": "text", "text": .string($0)] }),
      "usage": ["input_tokens": 11, "output_tokens": 7],
    ])
  }

  public static func ollamaWhole(_ text: String) -> Answer {
    .json([
      "model": "m", "message": ["role": "assistant", "content": .string(text)], "done": true,
      "done_reason": "stop", "prompt_eval_count": 11, "eval_count": 7,
    ])
  }
}
