// SPDX-License-Identifier: MIT

import OrderedCollections

/// The author of a message from the receiving model's point of view.
public enum Role: String, Sendable, Equatable {
  case system, user, assistant
}

/// A text that many requests contain. The JSON bytes of a long text are made once and shared; those of a
/// short text cost less to make again than to keep.
public struct SharedText: Sendable, Equatable {
  /// A text with fewer UTF-8 bytes than this is short.
  static let short = 256

  public let string: String
  /// The inside of a JSON string literal, without the quotes; nil for a short text.
  let escaped: [UInt8]?

  public init(_ string: String) {
    self.string = string
    escaped = string.utf8.count < Self.short ? nil : Self.escape(string)
  }

  private init(string: String, escaped: [UInt8]) {
    self.string = string
    self.escaped = escaped
  }

  private static func escape(_ string: String) -> [UInt8] {
    var bytes: [UInt8] = []
    JSONWriter.appendEscaped(string, to: &bytes)
    return bytes
  }

  /// Both texts with a blank line between them.
  public func joined(with next: SharedText) -> SharedText {
    let string = string + "\n\n" + next.string
    guard let escaped else { return SharedText(string) }
    return SharedText(
      string: string, escaped: escaped + Array(#"\n\n"#.utf8) + (next.escaped ?? Self.escape(next.string)))
  }
}

/// An entry in the list of messages sent to a model.
public struct Message: Sendable, Equatable {
  public var role: Role
  public var content: SharedText
  /// Further keys of a preamble message (such as `name`), passed on unchanged.
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
