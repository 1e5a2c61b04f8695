// SPDX-License-Identifier: MIT

import OrderedCollections

/// One line of a transcript's file, the one source of truth of a conversation.
///
/// A transcript is UTF-8 text, one JSON object a line, only ever appended to. Keys stand in the order given here;
/// those marked `?` are left out where there is nothing to say. Times are RFC 3339 in UTC with milliseconds,
/// durations are whole milliseconds (`…_ms`, `ms`), `chars` are Unicode code points. Readers pass over kinds of
/// records and keys that they don't know.
///
/// **header**, the first line, once:
/// - `type` "header", `format` "resonant.transcript", `version` 1
/// - `id` of this conversation, `created` time, `program` name and version, `mode` "chat" or "party"
/// - `seed` of all random choices, null when unknown
/// - `participants`, in speaking order: `name`, `model`, `endpoint` (URL without query and user info, or
///   "builtin:"), `api` "openai", "anthropic" or "ollama", `system_prompt` (null for none), `payload` (further
///   body fields, secrets masked), `header_names`, `header_refs`? (headers whose value is only a reference to an
///   environment variable, such as "Bearer ${NAME}"), `human` boolean
/// - `settings`: everything that shapes the conversation, keyed like the options of a plan
/// - `topic` of a room, else null
/// - `parent`?: `id` of the conversation that this one branched from, `turn` after which it did
/// - `trial`?: `experiment`, `condition` (option: value), `repeat` from 1
///
/// **preamble**, a message that its owner alone was given before the conversation: `type` "preamble", `owner`,
/// `index` from 1 for each owner, `role` "system", "user" or "assistant", `content`, and the message's further keys;
/// of these the ones that are named like a key of the record stand in `extra`?.
///
/// **turn**: `type` "turn", `n` from 1, `speaker`, `model` that was asked for, `served_model`? where the endpoint
/// reports another, `text` all that was said, `heard`? what the others saw where that is something else,
/// `thinking`? reasoning from fields of its own, `chars` of `text`, `outcome` (see `Outcome`), `started` time,
/// `first_token_ms` from `started` (null when nothing arrived), `ms` in all, `usage`? (`prompt_tokens`,
/// `completion_tokens`, `estimated`? true), `finish_reason`?, `tool_calls`? (`id`?, `name`, `arguments` as JSON
/// text), `retries`. When an `n` comes again, the later record replaces the earlier.
///
/// **event**, something beside the turns: `type` "event", `kind`, `t` time, and the fields of its kind. After
/// `rewind` with `to` N the turns above N are forgotten. `resume` tells in `changes`, sentences for people, how the
/// conversation goes on otherwise than before, and repeats of the header what holds from there on: `seed`,
/// `participants`, `settings`.
///
/// **end**, the last line of a finished conversation; more may follow when it is taken up again: `type` "end",
/// `reason` (see `StopReason`), `turns`, `chars`, `usage`, `ms`, `error`?.
public indirect enum Record: Sendable, Equatable {
  case header(Transcript.Header)
  case preamble(Transcript.Preamble)
  case turn(Turn)
  /// The event's `after` is not written: it follows from the event's place in the file.
  case event(Transcript.Event)
  case end(Transcript.End)

  static let format = "resonant.transcript"
  static let version = 1
}

extension Transcript {
  /// The records of a file that holds just this: what a branch begins with.
  public var records: [Record] {
    [.header(header)]
      + timeline.map { moment in
        switch moment {
        case .preamble(let preamble): .preamble(preamble)
        case .turn(let turn): .turn(turn)
        case .event(let event): .event(event)
        }
      } + [end].compactMap { $0.map(Record.end) }
  }
}
