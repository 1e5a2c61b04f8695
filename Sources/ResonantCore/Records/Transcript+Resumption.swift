// SPDX-License-Identifier: MIT

extension Transcript {
  /// The kind of the event that tells how a conversation goes on otherwise than it did before. Its fields: those of
  /// the header that hold from there on, and `changes`, sentences for people.
  static let resumption = "resume"
  static let resumedFields = ["seed", "participants", "settings"]

  /// The header with what has changed since: how the conversation was held at last.
  public var latestHeader: Header {
    events.filter { $0.kind == Self.resumption }.reduce(header) { header, event in
      var json = Record.header(header).json.object ?? [:]
      for key in Self.resumedFields { json[key] = event.fields[key] ?? json[key] }
      if let record = try? Record(.object(json)), case .header(let latest) = record { return latest }
      return header
    }
  }
}
