// SPDX-License-Identifier: MIT

import OrderedCollections

/// One line of a transcript's file, which is the authoritative record of a conversation.
///
/// A transcript is UTF-8 text with one JSON object per line, and is only appended to. Keys are in the order
/// given here; those marked `?` are omitted when they have no value. Times are RFC 3339 in UTC with
/// milliseconds, durations are whole milliseconds (`…_ms`, `ms`), `chars` counts Unicode code points. Readers
/// ignore unknown kinds of records and unknown keys.
///
/// **header**, the first line, once:
/// - `type` "header", `format` "resonant.transcript", `version` 1
/// - `id` of this conversation, `created` time, `program` name and version, `mode` "chat" or "party"
/// - `seed` of all random choices, null when unknown
/// - `participants`, in speaking order: `name`, `model`, `endpoint` (URL without query and user info, or
///   "builtin:"), `api` "openai", "anthropic" or "ollama", `system_prompt` (null for none), `payload`
///   (additional fields of the request body, secrets masked), `header_names`, `header_refs`? (headers whose
///   value contains no secret but only a reference to an environment variable, such as "Bearer ${NAME}"),
///   `human` boolean
/// - `settings`: all options that affect the conversation, keyed as in a plan
/// - `topic` of a room, else null
/// - `parent`?: `id` of the conversation from which this one branched, and `turn` after which it did. Records that
///   are older than `created` are copies; their usage counts in the parent alone
/// - `trial`?: `experiment`, `condition` (option: value), `repeat` from 1
///
/// **preamble**, a message that only its owner was given before the conversation: `type` "preamble", `owner`,
/// `index` from 1 for each owner, `role` "system", "user" or "assistant", `content`, and the message's
/// further keys. Further keys whose names are also keys of the record are in `extra`?.
///
/// **turn**: `type` "turn", `n` from 1, `speaker`, `model` that was requested, `served_model`? if the
/// endpoint reports another, `text` the whole message, `heard`? what the other participants received if that
/// differs, `thinking`? reasoning that arrived in separate fields, `chars` of `text`, `outcome` (see
/// `Outcome`), `started` time, `first_token_ms` from `started` (null when nothing arrived), `ms` in total,
/// `usage`? (`prompt_tokens`, `completion_tokens`, `estimated`? true), `finish_reason`?, `tool_calls`?
/// (`id`?, `name`, `arguments` as JSON text), `retries`. A later record with the same `n` replaces the
/// earlier one.
///
/// **event**, anything that is not a turn: `type` "event", `kind`, `t` time, and the fields of its kind. A
/// `rewind` with `to` N removes the turns above N. An `inject` with `n` precedes a turn that nobody was asked for. A `resume` lists in `changes`, as sentences for people,
/// how the conversation differs from then on, and gives the values of the header that hold from then on:
/// `seed`, `participants`, `settings`.
///
/// **end**, the last line of a finished conversation (a resumed one appends after it): `type` "end", `reason`
/// (see `StopReason`), `turns`, `chars`, `usage`, `ms`, `error`?.
public indirect enum Record: Sendable, Equatable {
  case header(Transcript.Header)
  case preamble(Transcript.Preamble)
  case turn(Turn)
  /// The event's `after` is not written: the position in the file implies it.
  case event(Transcript.Event)
  case end(Transcript.End)

  static let format = "resonant.transcript"
  static let version = 1
}

extension Transcript {
  /// The records of a new file with this transcript, such as that of a branch.
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
