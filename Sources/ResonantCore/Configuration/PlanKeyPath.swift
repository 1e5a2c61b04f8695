// SPDX-License-Identifier: MIT

/// Key paths of a plan for error messages. A key may be an endpoint's URL and contain secrets, which are
/// hidden.
enum PlanKeyPath {
  /// The objects whose keys are endpoints, whatever they look like.
  private static let limits = ["limits.endpoints.", "limits.requests_per_minute."]

  static func shown(_ path: String) -> String {
    // Prefixes that the program defines stay, even if a user's name contains a dot.
    var key = path[...]
    while let dot = key.firstIndex(of: "."), isKnown(key[..<dot]) { key = key[dot...].dropFirst() }
    let outer = String(path[..<key.startIndex])
    return limits.contains(outer) || isAddress(key) ? outer + EndpointAddress.redact(String(key)) : path
  }

  private static func isKnown(_ part: Substring) -> Bool {
    let name = String(part.prefix { $0 != "[" })
    return PlanReader.keys.contains(name) || PlanReader.limitKeys.contains(name) || OptionTable[name] != nil
  }

  /// Whether the key has a scheme, a password or a query.
  static func isAddress(_ key: Substring) -> Bool {
    if key.contains("://") { return true }
    if let at = key.lastIndex(of: "@"), key[..<at].contains(":") { return true }
    return key.firstIndex(of: "?").map { key[$0...].contains("=") } ?? false
  }
}
