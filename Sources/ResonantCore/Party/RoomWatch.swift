// SPDX-License-Identifier: MIT

import Synchronization

/// Decides how much of a reply in a room is shown, and lets the person and the moderator interrupt it.
///
/// Text is shown as it comes, at the speed that the person has set, or up to a place at which a command of a
/// script is due. Until the last character is shown, the reply can be interrupted.
final class RoomWatch: ReplyWatch {
  private let live: LiveReply
  private let control: RoomControl
  private let checks: InterruptChecks?
  /// The model has ended its reply.
  private let isComplete = Atomic(false)
  private let showing: Mutex<Task<Void, Never>?>

  /// Speed is measured in chunks of this many code points, about a token.
  private static let chunk = 4.0
  /// The screen is updated at most this often.
  private static let frame = Duration.milliseconds(33)

  /// - Parameter checks: those of the moderator, if there is one; started here.
  init(_ live: LiveReply, of speaker: Participant, control: RoomControl, checks: InterruptChecks?) {
    self.live = live
    self.control = control
    self.checks = checks
    showing = Mutex(nil)
    let pace = control.pace
    // Before the first text arrives, so that not too much of it is shown.
    if pace.speed != nil || pace.stop != nil { live.reveal(0) }
    control.beginSpeech(live, by: speaker.name)
    showing.withLock { $0 = Task { await show() } }
    checks?.start()
  }

  func finish() async -> [Happening] {
    isComplete.store(true, ordering: .releasing)
    control.wake()
    let showing = showing.withLock { $0 }
    await withTaskCancellationHandler {
      await showing?.value
    } onCancel: {
      live.cut(.signal)
      control.wake()
    }
    live.settle()
    if live.verdict?.endsConversation != true { actLate() }
    let late = control.endSpeech()
    return await (checks?.finish() ?? []) + late
  }

  // MARK: Showing

  /// Shows the reply until it is cut, or complete and shown.
  private func show() async {
    var position = 0.0
    var revealed: Int?
    var follower: Int?
    var last = ContinuousClock.now
    defer { if let follower { live.unfollow(follower) } }
    // A reply that reached the limit is shown to its end like any other.
    while live.verdict == nil || live.verdict == .limit {
      let version = control.version
      let pace = control.pace
      // Read before the count: a reply that is complete has all its text.
      let isComplete = isComplete.load(ordering: .acquiring)
      let arrived = live.counts.arrived
      if pace.speed == nil, pace.stop == nil {
        live.reveal(nil)
        revealed = nil
        if isComplete { return }
        await control.wait(since: version)
        position = Double(live.counts.shown)
        last = .now
        continue
      }
      if follower == nil { follower = live.follow { [control] in control.wake() } }
      let now = ContinuousClock.now
      position = advanced(position, by: now - last, at: pace.speed, arrived)
      last = now
      let limit = pace.stop?.count ?? .max
      let count = min(Int(position), limit)
      // Every call wakes the followers, this one too.
      if revealed != count { live.reveal(count) }
      revealed = count
      if count == limit {
        if let stop = control.takeStop() { control.perform(stop.command) }
      } else if isComplete, count >= arrived {
        return
      } else {
        await rest(since: version, isPaced: pace.speed.map { $0 > 0 } ?? false && count < arrived)
      }
    }
  }

  /// How far the text is shown after a while.
  private func advanced(_ position: Double, by time: Duration, at speed: Double?, _ arrived: Int) -> Double {
    guard let speed else { return Double(arrived) }
    let seconds = time / .seconds(1)
    return min(Double(arrived), position + speed * Self.chunk * seconds)
  }

  private func rest(since version: Int, isPaced: Bool) async {
    guard isPaced else { return await control.wait(since: version) }
    try? await Task.sleep(for: Self.frame)
  }

  /// Performs the commands whose place the reply did not reach.
  private func actLate() {
    while let stop = control.takeStop() { control.perform(stop.command, isLate: true) }
  }
}
