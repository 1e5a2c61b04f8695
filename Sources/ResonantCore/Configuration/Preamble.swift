// SPDX-License-Identifier: MIT

import OrderedCollections

/// The messages that a participant is given before the conversation: a JSON array of objects with `role` and
/// `content`.
enum Preamble {
  /// The messages in a file.
  static func read(_ path: String) throws(InvalidValue) -> [Message] {
    let value = try OptionFile.json(path)
    do {
      return try messages(value)
    } catch {
      throw InvalidValue("\(path): \(error)")
    }
  }

  /// The messages of an array; an error names the index of the wrong one, from 0.
  static func messages(_ value: JSONValue) throws(InvalidValue) -> [Message] {
    guard let items = value.array else {
      throw InvalidValue("must be a JSON array of messages, not \(value.kind)")
    }
    var messages: [Message] = []
    for (index, item) in items.enumerated() {
      do {
        messages.append(try message(item))
      } catch {
        throw InvalidValue("message \(index) (counted from 0) \(error)")
      }
    }
    return messages
  }

  private static func message(_ value: JSONValue) throws(InvalidValue) -> Message {
    guard var object = value.object else { throw InvalidValue("must be an object, not \(value.kind)") }
    guard let role = object.removeValue(forKey: "role") else { throw InvalidValue("has no role") }
    guard let role = role.string.flatMap(Role.init) else {
      throw InvalidValue("has a role that is none of user, assistant, system")
    }
    guard let content = object.removeValue(forKey: "content") else { throw InvalidValue("has no content") }
    guard let content = content.string else {
      throw InvalidValue("has a content that is \(content.kind) and must be a string")
    }
    return Message(role, content, extra: object)
  }
}

extension Message {
  /// The message as an element of a preamble.
  var option: JSONValue {
    let base: JSONObject = ["role": .string(role.rawValue), "content": .string(content.string)]
    return .object(base.merging(extra) { ours, _ in ours })
  }
}
