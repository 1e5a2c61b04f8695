// SPDX-License-Identifier: MIT

/// How fast a builtin model speaks.
struct Pace: Sendable, Equatable {
  /// Wait before each chunk: payload key `chunk_ms`, whole milliseconds, 0 by default.
  var delay = Duration.zero
  /// Code points per chunk: payload key `chunk_chars`, at least 1; nil for one word with the space after it.
  var size: Int?

  init(_ payload: JSONObject) throws(InvalidValue) {
    if let json = payload["chunk_ms"] {
      guard let milliseconds = json.int, (0...3_600_000).contains(milliseconds) else {
        throw InvalidValue("payload.chunk_ms must be a whole number of milliseconds from 0 to 3600000")
      }
      delay = .milliseconds(milliseconds)
    }
    if let json = payload["chunk_chars"] {
      guard let size = json.int, size >= 1 else {
        throw InvalidValue("payload.chunk_chars must be a whole number of characters from 1")
      }
      self.size = size
    }
  }

  /// Writes the reasoning and then the text of a line in chunks, until its end or until the reply is cut.
  ///
  /// - Throws: `.cancelled` if the task is cancelled.
  func write(_ line: ScriptLine, into live: LiveReply) async throws(ModelError) {
    let writing = Task {
      for chunk in chunks(of: line.thinking) {
        guard await pause(), Array(chunk.utf8).withUnsafeBufferPointer(live.append(thinking:)) else { return }
      }
      for chunk in chunks(of: line.text) {
        guard await pause(), live.append(chunk) else { return }
      }
    }
    live.onCut { writing.cancel() }
    await withTaskCancellationHandler {
      await writing.value
    } onCancel: {
      writing.cancel()
    }
    live.onCut(nil)
    if Task.isCancelled, live.verdict == nil { throw ModelError(.cancelled, "the reply was cancelled") }
  }

  /// Waits before a chunk; returns false if there is nothing more to write.
  private func pause() async -> Bool {
    if delay > .zero { try? await Task.sleep(for: delay) }
    return !Task.isCancelled
  }

  func chunks(of text: String) -> [String] {
    var chunks: [String] = []
    var chunk = String.UnicodeScalarView()
    var length = 0
    var wasSpace = false
    for scalar in text.unicodeScalars {
      let isSpace = scalar.properties.isWhitespace
      if size.map({ length == $0 }) ?? (wasSpace && !isSpace) {
        chunks.append(String(chunk))
        (chunk, length) = (String.UnicodeScalarView(), 0)
      }
      chunk.append(scalar)
      length += 1
      wasSpace = isSpace
    }
    return chunk.isEmpty ? chunks : chunks + [String(chunk)]
  }
}
