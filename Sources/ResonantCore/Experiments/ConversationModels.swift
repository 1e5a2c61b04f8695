// SPDX-License-Identifier: MIT

/// The models of a conversation.
struct ConversationModels: Sendable {
  /// One for each participant; a person's answers come from the control of the room.
  var participants: [any ChatModel]
  var moderator: AskedModerator?

  /// - Throws: `InvalidValue` when a builtin model does not exist, or its script can't be read.
  init(
    _ conversation: ResolvedConversation, _ network: EndpointNetwork,
    control: RoomControl = RoomControl(.unattended)
  ) throws(InvalidValue) {
    participants = []
    let offersTools = conversation.mode == .party || conversation.settings.order == .chain
    for participant in conversation.participants {
      if participant.isHuman {
        participants.append(RoomPerson(control: control))
      } else {
        let model = try Self.model(of: participant, in: conversation, network)
        participants.append(offersTools ? ToolFallbackModel(model) : model)
      }
    }
    if let moderator = conversation.moderator {
      self.moderator = AskedModerator(
        participant: moderator, model: try Self.model(of: moderator, in: conversation, network))
    }
  }

  private static func model(
    of participant: Participant, in conversation: ResolvedConversation, _ network: EndpointNetwork
  ) throws(InvalidValue) -> any ChatModel {
    guard participant.endpoint.isBuiltin else {
      return try network.model(
        participant.model, at: participant.endpoint, payload: participant.payload,
        settings: conversation.request, isRoom: conversation.mode == .party)
    }
    do {
      return try BuiltinModel.make(
        participant.model, payload: participant.payload, participant: participant.name,
        directory: conversation.directory)
    } catch {
      throw InvalidValue("\(participant.name): \(error)")
    }
  }
}
