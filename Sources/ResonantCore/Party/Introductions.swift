// SPDX-License-Identifier: MIT

import OrderedCollections
import Synchronization

/// The introductions at the start of a room: all models are asked at once, the person beside them, and the
/// answers come in the order of the participants.
final class Introductions: Sendable {
  private typealias Result = Swift.Result<ModelAnswer, ModelError>

  private static let timeout = Duration.seconds(60)

  private let parts: RoomParts
  private let conversation: ConversationSettings
  private let control: RoomControl
  /// By participant; nil before anybody is asked.
  private let tasks = Mutex<[Int: Task<Happening?, Never>]?>(nil)

  init(_ parts: RoomParts, conversation: ConversationSettings, control: RoomControl) {
    self.parts = parts
    self.conversation = conversation
    self.control = control
  }

  /// The next introduction, or the error in its place; nil when all are there.
  func next(after transcript: Transcript, _ state: RoomState) async -> Happening? {
    guard parts.settings.introductions, transcript.turns.isEmpty else { return nil }
    let due = parts.participants.indices.filter { !state.introduced.contains(parts.participants[$0].name) }
    let tasks = start(due)
    for index in due {
      if let task = tasks[index], let happening = await happening(task, tasks.values) { return happening }
    }
    return nil
  }

  private func start(_ indices: [Int]) -> [Int: Task<Happening?, Never>] {
    tasks.withLock { tasks in
      if let tasks { return tasks }
      let pairs = indices.map { index in
        let name = parts.participants[index].name
        let isHuman = parts.participants[index].isHuman
        return (index, Task { isHuman ? await ofPerson(name) : Self.happening(await ask(index), of: name) })
      }
      let started = Dictionary(uniqueKeysWithValues: pairs)
      tasks = started
      return started
    }
  }

  /// Waits for one introduction. All are given up when the conversation is cancelled or the person quits.
  private func happening(
    _ task: Task<Happening?, Never>, _ all: some Collection<Task<Happening?, Never>> & Sendable
  ) async -> Happening? {
    let quitting = Task { [control] in
      if await control.isQuit() { for task in all { task.cancel() } }
    }
    defer { quitting.cancel() }
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      for task in all { task.cancel() }
    }
  }

  private func ask(_ index: Int) async -> Result {
    let participant = parts.participants[index]
    let request = ModelRequest(
      turn: 0, system: nil, messages: [Message(.user, Prompts.selfIntroduction)],
      seed: SplitMix64.first(of: conversation.seed &+ UInt64(index)), roles: participant.roles)
    do throws(ModelError) {
      return .success(
        try await parts.models[index]
          .answer(to: request, within: Self.timeout, atMost: conversation.maxChars))
    } catch {
      return .failure(error)
    }
  }

  private static func happening(_ result: Result, of name: String) -> Happening? {
    var fields: JSONObject = ["speaker": .string(name)]
    switch result {
    case .success(let answer) where !answer.text.trimmed.isEmpty:
      fields["text"] = .string(answer.text.trimmed)
      fields["usage"] = .object(answer.usage.fields)
      return Happening("bio", fields)
    case .success(let answer):
      fields["message"] = "the introduction is empty"
      fields["usage"] = .object(answer.usage.fields)
    case .failure(let error):
      guard error.kind != .cancelled else { return nil }
      fields["message"] = .string(error.message)
      if let status = error.status { fields["status"] = .int(status) }
    }
    fields["during"] = "bio"
    return Happening("error", fields)
  }

  private func ofPerson(_ name: String) async -> Happening? {
    let question = "introduce yourself to the others in a line"
    let text =
      if let bio = control.bio { bio } else { await control.text(for: .introduction, asking: question) }
    return text.map { Happening("bio", ["speaker": .string(name), "text": .string($0)]) }
  }
}

extension SplitMix64 {
  /// The first number of the sequence of a seed.
  static func first(of seed: UInt64) -> UInt64 {
    var generator = SplitMix64(seed: seed)
    return generator.next()
  }
}
