// SPDX-License-Identifier: MIT

import OrderedCollections

/// The whole answer to a request besides the turns of a conversation, such as a vote.
struct ModelAnswer: Sendable {
  var text: String
  var completion: Completion
  /// As reported by the endpoint, else estimated.
  var usage: Usage

  /// The answer as the call of a tool that was required.
  func call(of tool: String) -> ToolAnswer { ToolAnswer(tool, in: completion, text: text) }
}

extension ChatModel {
  /// Asks for a whole answer. Throws a `.timeout` error if it takes longer than `limit`.
  ///
  /// - Parameter most: code points after which the answer is cut off, so that an endless one does not fill memory.
  func answer(
    to request: ModelRequest, within limit: Duration, atMost most: Int = 100_000
  ) async throws(ModelError) -> ModelAnswer {
    let attempt = Attempt(LiveReply(limit: most))
    let timer = Task {
      try await Task.sleep(for: limit)
      attempt.live.cut(.deadline)
    }
    defer { timer.cancel() }
    let result: Result<Completion, ModelError> = await withTaskCancellationHandler {
      do throws(ModelError) {
        return .success(try await reply(to: request, in: attempt))
      } catch {
        return .failure(error)
      }
    } onCancel: {
      attempt.live.cut(.signal)
    }
    let completion = try result.get()
    switch attempt.live.verdict {
    case .deadline: throw ModelError(.timeout, "no answer within \(limit.components.seconds) seconds")
    case .signal, .quit, .listener: throw ModelError(.cancelled, "the request was cancelled")
    case .limit, nil: break
    }
    let text = attempt.live.text
    let usage = completion.usage ?? Usage(estimating: request, reply: text + (attempt.live.thinking ?? ""))
    return ModelAnswer(text: text, completion: completion, usage: usage)
  }
}

extension Usage {
  /// Counts 4 characters per token.
  init(estimating request: ModelRequest, reply: String) {
    let prompt = request.messages.reduce(request.system?.string.unicodeScalars.count ?? 0) {
      $0 + $1.content.string.unicodeScalars.count
    }
    self.init(
      promptTokens: (prompt + 3) / 4, completionTokens: (reply.unicodeScalars.count + 3) / 4, estimated: true)
  }
}
