// SPDX-License-Identifier: MIT

extension Turn {
  /// The model that answered, if it is another than the one that was asked, rather than the same by its full name:
  /// `gpt-5-2025-08-07` for `gpt-5`, `gemma3:latest` for `gemma3`. A long name, as paths of files are, is cut.
  public var otherModel: String? {
    guard let servedModel, !Self.isFullName(servedModel, of: model) else { return nil }
    return servedModel.count > Self.longestName ? servedModel.prefix(Self.longestName) + "…" : servedModel
  }

  /// In characters.
  private static let longestName = 80

  private static func isFullName(_ served: String, of asked: String) -> Bool {
    let newest = "-latest"
    let stem = asked.hasSuffix(newest) ? String(asked.dropLast(newest.count)) : asked
    for name in [asked, stem] where served.hasPrefix(name) {
      let rest = served.dropFirst(name.count)
      if rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix("@") { return true }
      // A date, or the number of a revision.
      if rest.hasPrefix("-"), rest.utf8.allSatisfy({ $0 == 0x2D || 0x30...0x39 ~= $0 }) { return true }
    }
    return false
  }
}
