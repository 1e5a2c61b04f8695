// SPDX-License-Identifier: MIT

/// The parts of a URL that errors may show and that identify a connection.
struct WebAddress: Sendable, Equatable {
  let isSecure: Bool
  /// Scheme, host and port in lower case.
  let origin: String
  /// The URL without user info, query and fragment.
  let display: String

  /// The host, without the brackets of an IPv6 address.
  var host: String {
    let place = origin.drop { $0 != "/" }.drop { $0 == "/" }
    if place.first == "[" { return String(place.dropFirst().prefix { $0 != "]" }) }
    return String(place.prefix { $0 != ":" })
  }

  /// Throws `unsupportedURL` for anything but an HTTP or HTTPS URL with a host.
  init(_ url: String) throws(HTTPError) {
    let display = HTTPTransport.redact(url)
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw HTTPError(.unsupportedURL, "the URL has spaces or control characters; percent-encode them")
    }
    let parts = display.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[1].isEmpty, !parts[2].isEmpty,
      let scheme = Optional(parts[0].lowercased()), scheme == "http:" || scheme == "https:"
    else {
      throw HTTPError(.unsupportedURL, "\(display) is no http:// or https:// URL with a host")
    }
    self.display = display
    isSecure = scheme == "https:"
    origin = "\(scheme)//\(parts[2].lowercased())"
  }
}

extension HTTPTransport {
  /// The text of a URL without parts that may be secret: user info, query and fragment. Accepts any text,
  /// also if it is not a complete URL.
  public static func redact(_ url: String) -> String {
    // Unicode scalars, because a `?` or `@` with a combining mark is another character.
    let url = url.unicodeScalars
    let bare = url.prefix { $0 != "?" && $0 != "#" }
    // Slashes after user info do not end the scheme.
    let slashes = bare.firstRange(of: "//".unicodeScalars).flatMap {
      bare[..<$0.lowerBound].contains("@") ? nil : $0
    }
    let start = slashes?.upperBound ?? url.startIndex
    let authority = url[start...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return String(bare) }
    // An unencoded `?` or `#` in a password looks like the end of the authority.
    guard at < bare.endIndex else { return String(url[..<start]) + "…" }
    return String(url[..<start]) + String(bare[bare.index(after: at)...])
  }
}
