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
    var refusal: ModelError?
    if !refusesTools.load(ordering: .relaxed) {
      do throws(ModelError) {
        return try await model.reply(to: request, in: attempt)
      } catch {
        guard error.kind == .toolsRefused, !attempt.live.hasArrived else { throw error }
        refusal = error
      }
    }
    var plain = request
    plain.tools = []
    let completion = try await model.reply(to: plain, in: attempt)
    // If the request fails without tools, too, its error says enough.
    if let refusal, !refusesTools.exchange(true, ordering: .relaxed) {
      attempt.note(.warning("goes on without tools: \(refusal.message)"))
    }
    return completion
  }
}
