// SPDX-License-Identifier: MIT

import Synchronization

/// One trial's way through the limits of its batch. A place is free again only when the turn is recorded and its
/// tokens are counted, so that the next one does not begin when they were the last.
final class TrialGates: Sendable {
  private struct Gate: RequestGate {
    let gates: TrialGates
    let gate: EndpointGate

    func tryEnter() -> RequestPass? { gate.tryEnter() }
    func enter() async throws -> RequestPass { try await gate.enter() }

    func leave(_ pass: RequestPass, _ outcome: RequestOutcome) {
      guard outcome == .succeeded else { return gate.leave(pass, outcome) }
      gates.unsettled.withLock { $0.append((gate, pass)) }
    }
  }

  private let participants: [Participant]
  private let limits: RequestLimits
  private let unsettled = Mutex<[(gate: EndpointGate, pass: RequestPass)]>([])

  init(for participants: [Participant], in limits: RequestLimits) {
    self.participants = participants
    self.limits = limits
  }

  /// The network with these gates before its endpoints.
  func network(_ network: EndpointNetwork) -> EndpointNetwork {
    var network = network
    network.gate = { self.gate(for: $0) }
    return network
  }

  /// The models with gates before the builtin ones: they make no requests, so each reply counts as one.
  func builtin(_ models: [any ChatModel]) -> [any ChatModel] {
    zip(models, participants).map { model, participant in
      guard participant.endpoint.isBuiltin, let gate = gate(for: participant.endpoint.display) else {
        return model
      }
      return GatedModel(model: model, gate: gate)
    }
  }

  private func gate(for endpoint: String) -> Gate? {
    limits.gate(for: endpoint).map { Gate(gates: self, gate: $0) }
  }

  /// Gives back the place of a turn that is counted.
  func settle() {
    let settled = unsettled.withLock { unsettled in
      defer { unsettled = [] }
      return unsettled
    }
    for (gate, pass) in settled { gate.leave(pass, .succeeded) }
  }

  /// The trial begins to ask.
  func begin() { onlyGate?.addRegulars(1) }

  /// The trial is over.
  func end() {
    settle()
    onlyGate?.addRegulars(-1)
  }

  /// The gate of a trial that asks a single endpoint.
  private var onlyGate: EndpointGate? {
    let endpoints = Set(participants.map(\.endpoint.display))
    return endpoints.count == 1 ? endpoints.first.flatMap(limits.gate) : nil
  }
}

/// A model that passes a gate for each reply.
private struct GatedModel: ChatModel {
  let model: any ChatModel
  let gate: any RequestGate

  func reply(to request: ModelRequest, into live: LiveReply) async throws(ModelError) -> Completion {
    let pass: RequestPass
    do {
      pass = try await gate.enter()
    } catch {
      throw ModelError(.cancelled, "no more replies are asked for")
    }
    defer { gate.leave(pass, .succeeded) }
    live.noteStart()
    return try await model.reply(to: request, into: live)
  }
}
