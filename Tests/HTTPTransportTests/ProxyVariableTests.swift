// SPDX-License-Identifier: MIT

import Testing

@testable import HTTPTransport

/// The variable that is named must be the one that libcurl has read.
struct ProxyVariableTests {
  static let cases: [(url: String, environment: [String: String], name: String?)] = [
    ("https://a.example/", [:], nil),
    ("https://a.example/", ["https_proxy": "p", "all_proxy": "q"], "https_proxy"),
    ("https://a.example/", ["HTTPS_PROXY": "p"], "HTTPS_PROXY"),
    ("https://a.example/", ["http_proxy": "p"], nil),
    ("http://a.example/", ["HTTP_PROXY": "p"], nil), ("http://a.example/", ["ALL_PROXY": "p"], "ALL_PROXY"),
    ("http://a.example:81/", ["http_proxy": "p", "no_proxy": "b.example,a.example"], nil),
    ("http://x.a.example/", ["http_proxy": "p", "NO_PROXY": ".a.example"], nil),
    ("http://xa.example/", ["http_proxy": "p", "no_proxy": "a.example"], "http_proxy"),
    ("http://a.example/", ["http_proxy": "p", "no_proxy": "*"], nil),
    ("http://[::1]:8080/", ["http_proxy": "p", "no_proxy": "::1"], nil),
    ("https://a.example/", ["https_proxy": "", "all_proxy": "q"], nil),
  ]

  @Test(arguments: cases)
  func theFirstVariableThatAppliesCounts(url: String, environment: [String: String], name: String?) throws {
    #expect(ProxyVariable.name(for: try WebAddress(url)) { environment[$0] } == name)
  }
}
