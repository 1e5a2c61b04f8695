// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A turn from the question to the answer: an object, to be passed by reference through the calls that wait for it.
final class AskedTurn {
  /// Of the participant who is asked.
  let index: Int
  let request: ModelRequest
  let live: LiveReply
  let started = Date()
  let start = ContinuousClock.now
  private var answer: Result<Completion, ModelError>?

  init(of index: Int, request: ModelRequest, live: LiveReply) {
    self.index = index
    self.request = request
    self.live = live
  }

  /// Has the model answer; the answer, or why there is none, stays here.
  nonisolated(nonsending) func ask(_ model: any ChatModel) async {
    do throws(ModelError) {
      take(try await model.reply(to: request, into: live))
    } catch {
      take(error)
    }
  }

  // Not inlined, for the frame in which the answer is waited for is to stay small.

  @inline(never)
  private func take(_ completion: Completion) { answer = .success(completion) }

  @inline(never)
  private func take(_ error: ModelError) { answer = .failure(error) }

  /// Notes in `turn` what the model said beside the text; returns why there is no whole answer.
  func takeAnswer(for turn: inout Turn) -> ModelError? {
    switch answer {
    case .success(let completion)?:
      turn.usage = completion.usage
      turn.finishReason = completion.finishReason
      turn.toolCalls = completion.toolCalls
      turn.retries = completion.retries
      turn.servedModel = completion.servedModel == turn.model ? nil : completion.servedModel
      return nil
    case .failure(let error)?:
      turn.retries = max(0, error.attempts - 1)
      return error
    case nil: return nil
    }
  }
}
