// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The environment variable from which libcurl takes the proxy for an address.
enum ProxyVariable {
  /// Nil if requests go to the host itself.
  static func name(
    for address: WebAddress, value: (String) -> String? = { getenv($0).map { String(cString: $0) } }
  ) -> String? {
    if isExcepted(address.host, from: value("no_proxy") ?? value("NO_PROXY") ?? "") { return nil }
    // A CGI script's HTTP_PROXY is a header of the request, so libcurl does not read it.
    let names =
      (address.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"]
    return names.first { value($0) != nil }.flatMap { value($0)?.isEmpty == false ? $0 : nil }
  }

  /// Whether a list of hosts and domains, with commas or spaces between them, has the host.
  private static func isExcepted(_ host: String, from list: String) -> Bool {
    list.lowercased().split { $0 == "," || $0 == " " }.contains { item in
      let domain = item.drop { $0 == "." }
      return item == "*" || host == domain || host.hasSuffix("." + domain)
    }
  }
}
