// SPDX-License-Identifier: MIT

extension Transcript {
  /// The kind of event that records a change when a conversation is resumed. Its fields: those of the header
  /// that hold from then on, and `changes`, sentences for people.
  static let resumption = "resume"
  static let resumedFields = ["seed", "participants", "settings"]

  /// The header with all changes by resumptions applied.
  public var latestHeader: Header {
    events.filter { $0.kind == Self.resumption }.reduce(header) { header, event in
      var json = Record.header(header).json.object ?? [:]
      for key in Self.resumedFields { json[key] = event.fields[key] ?? json[key] }
      if let record = try? Record(.object(json)), case .header(let latest) = record { return latest }
      return header
    }
  }
}
