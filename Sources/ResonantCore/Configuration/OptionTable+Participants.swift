// SPDX-License-Identifier: MIT

extension OptionTable {
  /// A participant with flags of its own.
  struct Side: Sendable {
    /// The prefix of its options' keys.
    let prefix: String
    /// The default name.
    let name: String
    fileprivate let ordinal: String
  }

  /// The first two participants.
  static let sides = [
    Side(prefix: "alice_", name: "Alice", ordinal: "first"),
    Side(prefix: "bob_", name: "Bob", ordinal: "second"),
  ]

  /// The key of a participant's own option; nil from the third participant on, whose options are in an
  /// object.
  static func key(_ field: String, of index: Int) -> String? {
    sides.indices.contains(index) ? sides[index].prefix + field : nil
  }

  /// The flags of an option that each participant has: the common one, if `all` describes it, and one for
  /// each of the first two participants, described by `each` from its ordinal.
  ///
  /// - Parameter mode: the only kind of conversation that has the common flag; only chats have the others.
  static func participant(
    _ field: String, _ kind: ChatOption.Kind, _ scope: ChatOption.Scope = .participant, value: String? = nil,
    default fallback: String? = nil, onResume resumption: ChatOption.Resumption = .overrides,
    only mode: Transcript.Mode? = .chat, all: String? = nil, each: (String) -> String
  ) -> [ChatOption] {
    func option(_ index: Int?, _ help: String) -> ChatOption {
      let side = index.map { sides[$0] }
      let prefix = side?.prefix ?? ""
      var kind = kind
      if case .textFile(let target) = kind { kind = .textFile(for: prefix + target) }
      var option = ChatOption(
        prefix + field, kind, scope, value: value ?? ChatOption.usualValueName(kind, field),
        default: field == "name" ? side?.name : index == nil ? fallback : nil, onResume: resumption,
        only: index == nil ? mode : .chat, help)
      (option.field, option.participant) = (field, index)
      return option
    }
    let common = all.map { [option(nil, $0)] } ?? []
    return common + sides.indices.map { option($0, each(sides[$0].ordinal)) }
  }
}
