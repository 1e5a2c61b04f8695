// SPDX-License-Identifier: MIT

import OrderedCollections

/// Who a message comes from, in the receiving model's eyes.
public enum Role: String, Sendable, Equatable {
  case system, user, assistant
}

/// A text together with its escaped JSON bytes, which are made once and shared by every request that carries it.
public struct SharedText: Sendable, Equatable {
  public let string: String
  /// The inside of a JSON string literal, without the quotes.
  public let escaped: [UInt8]

  public init(_ string: String) {
    self.string = string
    var string = string
    var bytes: [UInt8] = []
    string.withUTF8 { JSONWriter.appendEscaped($0, to: &bytes) }
    escaped = bytes
  }

  private init(string: String, escaped: [UInt8]) {
    self.string = string
    self.escaped = escaped
  }

  /// Both texts with a blank line between them.
  public func joined(with next: SharedText) -> SharedText {
    SharedText(string: string + "\n\n" + next.string, escaped: escaped + Array(#"\n\n"#.utf8) + next.escaped)
  }
}

/// One entry of the list of messages that a model is sent.
public struct Message: Sendable, Equatable {
  public var role: Role
  public var content: SharedText
  /// Further keys of a preamble message (such as `name`), passed on as they are.
  public var extra: JSONObject

  public init(_ role: Role, _ content: SharedText, extra: JSONObject = [:]) {
    self.role = role
    self.content = content
    self.extra = extra
  }

  public init(_ role: Role, _ content: String, extra: JSONObject = [:]) {
    self.init(role, SharedText(content), extra: extra)
  }
}
