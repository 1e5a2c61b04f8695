// SPDX-License-Identifier: MIT

import HTTPTransport

/// An absolute http or https URL, split into the parts that an endpoint treats differently. All parts are
/// ranges in `bytes`.
struct EndpointAddress {
  let bytes: [UInt8]
  let isSecure: Bool
  /// `http://` or `https://`.
  let scheme: Range<Int>
  /// Without the `@`.
  let userInfo: Range<Int>?
  /// Host and port.
  let authority: Range<Int>
  let path: Range<Int>
  /// Without the `?`.
  let query: Range<Int>?

  /// - Parameter isQuotable: whether an error may repeat the host, since it comes from no variable.
  /// - Throws: `InvalidValue`, which quotes no other part of the URL because it may contain a secret.
  init(_ bytes: [UInt8], isQuotable: Bool = false) throws(InvalidValue) {
    guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }) else {
      throw InvalidValue("the URL holds a space, a backslash or a control character")
    }
    let prefix = String(decoding: bytes.prefix(8), as: UTF8.self).lowercased()
    guard prefix.hasPrefix("https://") || prefix.hasPrefix("http://") else {
      throw InvalidValue(
        "this is neither a URL that begins with http:// or https://, nor 'builtin:', nor one of the names "
          + Preset.all.map(\.name).joined(separator: ", ")
          + Self.suggestion(for: String(decoding: bytes, as: UTF8.self), isQuotable: isQuotable))
    }
    isSecure = prefix.hasPrefix("https://")
    scheme = 0..<(isSecure ? 8 : 7)
    let end = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.count
    let question = bytes[..<end].firstIndex(of: UInt8(ascii: "?"))
    let hierarchy = scheme.upperBound..<(question ?? end)
    let slash = bytes[hierarchy].firstIndex(of: UInt8(ascii: "/")) ?? hierarchy.upperBound
    let at = bytes[scheme.upperBound..<slash].lastIndex(of: UInt8(ascii: "@"))
    userInfo = at.map { [scheme] in scheme.upperBound..<$0 }
    authority = (at.map { $0 + 1 } ?? scheme.upperBound)..<slash
    path = slash..<hierarchy.upperBound
    query = question.map { ($0 + 1)..<end }
    self.bytes = bytes
    guard !host.isEmpty, hasValidPort else { throw InvalidValue("the URL has no valid host and port") }
  }

  /// What a text that is no URL may have been meant for: a URL without its scheme, or a known name.
  private static func suggestion(for text: String, isQuotable: Bool) -> String {
    if isQuotable, !text.contains("://"), let url = try? EndpointAddress(Array("http://\(text)".utf8)),
      url.userInfo == nil, url.query == nil, url.isLocal || url.host.contains(".") || !url.port.isEmpty
    {
      let path = url.text(url.path)
      let shown = ["", "/", "/v1", "/v1/"].contains(path) || API(path: path) != nil ? path : "/…"
      let isRemote = url.port.isEmpty && url.host.last?.isLetter == true && !url.isLocal
      return "; did you mean \(isRemote ? "https" : "http")://\(url.text(url.authority))\(shown)?"
    }
    return Suggestion.text(for: text, among: Preset.all.map(\.name) + [Endpoint.builtin.source])
  }

  /// A URL without user info, query and fragment; any other endpoint name unchanged.
  static func redact(_ text: String) -> String { HTTPTransport.redact(text) }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The host in lower case.
  var host: String {
    let authority = text(authority).lowercased()
    if authority.hasPrefix("[") { return authority.lastIndex(of: "]").map { String(authority[...$0]) } ?? "" }
    return String(authority.prefix { $0 != ":" })
  }

  /// Scheme, host and port in their usual spelling: lower case, without the scheme's default port.
  var origin: String {
    (isSecure ? "https://" : "http://") + host + (hasDefaultPort ? "" : ":\(port)")
  }

  /// Whether this is the path of a base URL: empty or ending in `/v1`.
  static func isBase(_ path: String) -> Bool {
    let path = withoutSlashes(path)
    return path.isEmpty || path.hasSuffix("/v1")
  }

  static func withoutSlashes(_ path: String) -> String {
    var path = path[...]
    while path.last == "/" { path.removeLast() }
    return String(path)
  }

  /// Normalises an endpoint as a user wrote it, so that all spellings of a URL become equal: the origin in
  /// its usual spelling, and a base URL without trailing slashes. Leaves hosts that come from a variable, and
  /// text that is not a URL, unchanged.
  static func plain(_ text: String) -> String {
    guard let address = try? EndpointAddress(Array(text.utf8)) else { return text }
    let authority = address.text(address.authority)
    let userInfo = address.userInfo.map { address.text($0) + "@" } ?? ""
    let scheme = address.isSecure ? "https://" : "http://"
    let place = authority.contains("$") ? authority : String(address.origin.dropFirst(scheme.count))
    let path = address.text(address.path)
    let rest = address.text(address.path.upperBound..<address.bytes.count)
    return scheme + userInfo + place + (isBase(path) ? withoutSlashes(path) : path) + rest
  }

  /// Whether requests go to the scheme's default port.
  var hasDefaultPort: Bool { port.isEmpty || port == (isSecure ? "443" : "80") }

  /// Whether it is this machine.
  var isLocal: Bool { ["localhost", "[::1]"].contains(host) || host.hasPrefix("127.") }

  var port: Substring { text(authority).dropFirst(host.count).drop { $0 == ":" } }

  private var hasValidPort: Bool {
    let rest = text(authority).dropFirst(host.count)
    if rest.isEmpty || rest == ":" { return true }
    return rest.hasPrefix(":") && Int(rest.dropFirst()).map { (1...65535).contains($0) } == true
  }
}
