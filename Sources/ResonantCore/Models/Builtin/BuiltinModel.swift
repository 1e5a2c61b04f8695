// SPDX-License-Identifier: MIT

/// A model that is part of the program and needs no network. Its reply depends only on the request, so a
/// conversation with the same seed repeats exactly, also if it is resumed in the middle.
public struct BuiltinModel: ChatModel {
  enum Voice: Sendable {
    /// Repeats the last message heard.
    case echo
    /// Gives one reply after another, whatever is asked; `source` is the file, for messages.
    case lines([ScriptLine], source: String)
    case rules(RuleScript)
  }

  /// What the names of models begin with that are read from a file.
  static let fileKinds = ["script:", "replay:"]

  let voice: Voice
  let pace: Pace

  /// - Parameters:
  ///   - name: `eliza`, `parry`, `echo`, `script:FILE` or `replay:TRANSCRIPT`.
  ///   - payload: only `chunk_ms` and `chunk_chars` are used (see `Pace`).
  ///   - directory: the base of a relative FILE.
  ///   - replayed: reads what the participant generated in the transcript at a path.
  /// - Throws: `InvalidValue` for the name, the payload or the file.
  static func make(
    _ name: String, payload: JSONObject, directory: String,
    replayed: (_ path: String) throws(InvalidValue) -> [ScriptLine]
  ) throws(InvalidValue) -> BuiltinModel {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let file = parts.count == 2 ? path(String(parts[1]), in: directory) : nil
    let voice: Voice
    switch (parts.first, file) {
    case ("eliza", nil): voice = .rules(.eliza)
    case ("parry", nil): voice = .rules(.parry)
    case ("echo", nil): voice = .echo
    case ("script", let file?) where parts.last != "":
      voice = .lines(try ScriptFile.lines(file), source: file)
    case ("replay", let file?) where parts.last != "": voice = .lines(try replayed(file), source: file)
    default:
      throw InvalidValue(
        "there is no builtin model \"\(name)\"; there are eliza, parry, echo, script:FILE and replay:TRANSCRIPT"
      )
    }
    return BuiltinModel(voice: voice, pace: try Pace(payload))
  }

  private static func path(_ file: String, in directory: String) -> String {
    file.hasPrefix("/") || directory.isEmpty || directory == "." ? file : directory + "/" + file
  }

  public func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
    let line = try voice.line(for: request)
    try await pace.write(line, into: attempt.live)
    var completion = Completion()
    if attempt.live.verdict == nil {
      completion.toolCalls = line.calls
      completion.finishReason = line.calls.isEmpty ? "stop" : "tool_calls"
    }
    return completion
  }
}

extension BuiltinModel.Voice {
  func line(for request: ModelRequest) throws(ModelError) -> ScriptLine {
    switch self {
    case .echo:
      return ScriptLine(text: request.messages.last { $0.role == .user }?.content.string ?? "…")
    case .lines(let lines, let source):
      guard request.ownTurns < lines.count else {
        throw ModelError(.exhausted, "\(source) is used up after \(lines.count) lines")
      }
      return lines[request.ownTurns]
    case .rules(let script):
      var engine = RuleEngine(script: script, request: request)
      return ScriptLine(text: engine.reply())
    }
  }
}
