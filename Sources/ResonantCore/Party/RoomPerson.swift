// SPDX-License-Identifier: MIT

/// The person in a room, who answers in lines.
struct RoomPerson: ChatModel {
  /// The name of the person, also of one who only watches.
  static let name = "human"

  let control: RoomControl

  func reply(to request: ModelRequest, in attempt: Attempt) async throws(ModelError) -> Completion {
    let live = attempt.live
    live.onCut { control.wake() }
    defer { live.onCut(nil) }
    let question = "your turn: say something; an empty line passes"
    guard let text = await control.text(for: .turn, asking: question, while: live) else {
      live.cut(.quit)
      return Completion()
    }
    live.append(text)
    return Completion()
  }
}
