// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a new conversation takes over from another one, and what it is given instead of the next turn.
public struct Branch: Sendable {
  /// What was said before, with a header that names the parent.
  public let stem: Transcript
  public var injection: Transcript.Injection?

  /// Begins after a turn of the parent, 0 for its start.
  public init(of parent: Transcript, after turn: Int, injecting injection: Transcript.Injection? = nil) {
    stem = parent.branch(after: turn)
    self.injection = injection
  }

  /// How many turns it begins with.
  public var turns: Int { stem.turns.count + (injection == nil ? 0 : 1) }

  /// The transcript of a conversation that begins with it.
  public func transcript(
    of conversation: ResolvedConversation, id: String, created: Date, trial: Transcript.Trial? = nil
  ) -> Transcript {
    var transcript = conversation.transcript(id: id, created: created, trial: trial)
    transcript.header.parent = stem.header.parent
    transcript.turns = stem.turns
    transcript.events = stem.events
    if let injection {
      let model = conversation.participants.first { $0.name == injection.speaker }?.model
      transcript.inject(injection.text, by: injection.speaker, model: model ?? "", at: created)
    }
    return transcript
  }

  /// The seed of one of several branches, by its number from 1. It does not depend on how many there are.
  public static func seed(_ number: Int, from seed: UInt64) -> UInt64 {
    var mixer = SplitMix64(seed: seed ^ StableHash.value(of: "branch \(number)"))
    return mixer.next()
  }
}
