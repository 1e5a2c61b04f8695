// SPDX-License-Identifier: MIT

import CCurl

/// The target of a redirect. libcurl's own URL parser resolves it, so that the comparison applies to the URL
/// that libcurl would connect to.
struct Redirect: Equatable {
  /// Most redirects followed in one exchange.
  static let mostHops = 5

  let url: String
  /// Without user info, query and fragment.
  let display: String
  /// Same scheme, host and port.
  let isSameOrigin: Bool

  /// Nil if the location is not a valid URL.
  init?(to location: String, from url: String) {
    guard let target = ccurl_url() else { return nil }
    defer { ccurl_url_cleanup(target) }
    guard Self.set(target, CURLUPART_URL, url), let from = Self.origin(target) else { return nil }
    let credentials = [CURLUPART_USER, CURLUPART_PASSWORD].map { ($0, Self.get(target, $0)) }
    guard Self.set(target, CURLUPART_URL, location), let to = Self.origin(target) else { return nil }
    isSameOrigin = from == to
    if isSameOrigin {
      for (part, value) in credentials where value != nil { _ = Self.set(target, part, value) }
    }
    guard let whole = Self.get(target, CURLUPART_URL) else { return nil }
    self.url = whole
    display = HTTPTransport.redact(whole)
  }

  private static func origin(_ url: OpaquePointer) -> [String]? {
    let parts = [CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT].compactMap { get(url, $0)?.lowercased() }
    return parts.count == 3 ? parts : nil
  }

  private static func set(_ url: OpaquePointer, _ part: CURLUPart, _ text: String?) -> Bool {
    ccurl_url_set(url, part, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK
  }

  private static func get(_ url: OpaquePointer, _ part: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    let flags = part == CURLUPART_PORT ? UInt32(CURLU_DEFAULT_PORT) : 0
    guard ccurl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { ccurl_free(text) }
    return String(cString: text)
  }
}
