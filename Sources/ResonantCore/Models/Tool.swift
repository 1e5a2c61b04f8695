// SPDX-License-Identifier: MIT

import OrderedCollections

/// A function that a model may call in its reply. Calls are signals: no result is sent back.
public struct Tool: Sendable, Equatable {
  public var name: String
  /// What the tool does and when to call it.
  public var description: String
  /// The arguments as a JSON Schema of type `object`.
  public var parameters: JSONObject

  public init(name: String, description: String, parameters: JSONObject) {
    self.name = name
    self.description = description
    self.parameters = parameters
  }
}
