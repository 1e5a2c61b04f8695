// SPDX-License-Identifier: MIT

extension Transcript {
  /// An entry in the timeline.
  public enum Moment: Sendable, Equatable {
    case preamble(Preamble)
    case event(Event)
    case turn(Turn)
  }

  /// Preambles, turns and events in reading order: an event follows the last turn before it.
  public var timeline: [Moment] {
    var moments = preambles.map(Moment.preamble)
    var rest = events[...]
    for turn in turns {
      let before = rest.prefix { $0.after < turn.number }
      moments += before.map(Moment.event) + [.turn(turn)]
      rest = rest[before.endIndex...]
    }
    return moments + rest.map(Moment.event)
  }
}
