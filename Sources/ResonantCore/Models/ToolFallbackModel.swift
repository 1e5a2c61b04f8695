// SPDX-License-Identifier: MIT

import Synchronization

/// A model that is asked without tools once its endpoint has refused them. Says so once.
final class ToolFallbackModel: ChatModel {
  private let model: any ChatModel
  private let refusesTools = Atomic(false)

  init(_ model: any ChatModel) { self.model = model }

  func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
    guard !request.tools.isEmpty, request.requiredTool == nil else {
      return try await model.reply(to: request, in: attempt)
    }
    if !refusesTools.load(ordering: .relaxed) {
      do throws(ModelError) {
        return try await model.reply(to: request, in: attempt)
      } catch {
        guard error.kind == .toolsRefused, !attempt.live.hasArrived else { throw error }
        if !refusesTools.exchange(true, ordering: .relaxed) {
          attempt.note(.warning("goes on without tools: \(error.message)"))
        }
      }
    }
    var plain = request
    plain.tools = []
    return try await model.reply(to: plain, in: attempt)
  }
}
