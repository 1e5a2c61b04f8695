// SPDX-License-Identifier: MIT

import OrderedCollections

/// A participant in a conversation.
public struct Participant: Sendable, Equatable {
  /// Unique in its conversation.
  public var name: String
  public var model: String
  public var endpoint: Endpoint
  public var systemPrompt: SharedText?
  public var systemPlacement: ModelRequest.SystemPlacement
  /// Messages that only this participant sees, before everything else; roles are from its point of view.
  public var preamble: [Message]
  /// Further top-level fields of the request body, which override ours. Contains secrets.
  public var payload: JSONObject
  /// The payload as written, with variable names instead of their values.
  public var writtenPayload: JSONObject
  public var roles: RolePolicy
  /// A person, who has neither model nor endpoint.
  public var isHuman = false

  public init(
    name: String, model: String, endpoint: Endpoint, systemPrompt: String? = nil,
    systemPlacement: ModelRequest.SystemPlacement = .message, preamble: [Message] = [],
    payload: JSONObject = [:],
    roles: RolePolicy = .asIs
  ) {
    self.name = name
    self.model = model
    self.endpoint = endpoint
    self.systemPrompt = systemPrompt.map(SharedText.init)
    self.systemPlacement = systemPlacement
    self.preamble = preamble
    self.payload = payload
    writtenPayload = payload
    self.roles = roles
  }

  /// A name in the form that the field `name` of a message may have: every character besides letters, digits, `_`
  /// and `-` becomes `-`.
  static func apiName(of name: String) -> String {
    String(
      name.unicodeScalars.map { scalar in
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_", "-": Character(scalar)
        default: "-"
        }
      })
  }

  /// A person in a room.
  public static func person(named name: String) -> Participant {
    var person = Participant(name: name, model: "", endpoint: .builtin)
    person.isHuman = true
    return person
  }
}
