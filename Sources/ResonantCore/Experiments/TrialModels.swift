// SPDX-License-Identifier: MIT

/// The models of one condition, created once for all its trials.
final class TrialModels: Sendable {
  let models: ConversationModels
  /// The gate of the only endpoint; nil when there are several.
  let onlyGate: EndpointGate?

  /// - Throws: `InvalidValue` when a builtin model does not exist, or its script can't be read.
  init(
    of conversation: ResolvedConversation, in limits: RequestLimits, _ network: EndpointNetwork
  ) throws(InvalidValue) {
    let gated = { (participant: Participant, model: any ChatModel) -> any ChatModel in
      let gate = limits.gate(for: participant.endpoint.display)
      guard participant.endpoint.isBuiltin, let gate else { return model }
      return GatedModel(model: model, gate: gate)
    }
    var models = try ConversationModels(conversation, network)
    models.participants = zip(conversation.participants, models.participants).map(gated)
    if let moderator = models.moderator {
      models.moderator?.model = gated(moderator.participant, moderator.model)
    }
    self.models = models
    let endpoints = Set(conversation.modelled.map(\.endpoint.display))
    onlyGate = endpoints.count == 1 ? endpoints.first.flatMap(limits.gate) : nil
  }
}

/// A builtin model that passes a gate for each reply; it makes no requests, so a reply counts as one.
private struct GatedModel: ChatModel {
  let model: any ChatModel
  let gate: any RequestGate

  func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
    guard let permit = try? await gate.enter() else {
      throw ModelError(.cancelled, "no more replies are asked for")
    }
    attempt.onRecorded { [gate] in gate.leave(permit, .succeeded) }
    attempt.noteStart()
    return try await model.reply(to: request, in: attempt)
  }
}
