// SPDX-License-Identifier: MIT

import CCurl
import Testing

@testable import HTTPTransport

@Suite struct AuthoritiesTests {
  private static let debian = "/etc/ssl/certs/ca-certificates.crt"
  private static let fedora = "/etc/pki/tls/certs/ca-bundle.crt"

  @Test(arguments: [
    (debian, [debian, fedora], debian), (fedora, [debian, fedora], fedora), (debian, [fedora], fedora),
    (nil, ["/etc/ssl/cert.pem"], "/etc/ssl/cert.pem"), ("/opt/ca.pem", ["/opt/ca.pem"], "/opt/ca.pem"),
    (debian, [], nil), (nil, [], nil),
  ])
  func theFileIsFoundWhereverTheSystemKeepsIt(_ builtIn: String?, _ there: [String], _ found: String?) {
    #expect(Authorities.file(builtIn: builtIn, isReadable: there.contains) == found)
  }

  @Test(arguments: [CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE])
  func withoutAnyFileTheErrorSaysWhatToInstall(_ code: CURLcode) throws {
    // The errors have words of libcurl.
    try Curl.load()
    let url = "https://models.example/v1?key=secret"
    let transfer = try Transfer(HTTPRequest(.get, url), at: WebAddress(url), sink: Recorder())
    #expect(!HTTPError.libcurl(code, in: transfer).message.contains("ca-certificates"))
    transfer.lacksAuthorities = true
    let error = HTTPError.libcurl(code, in: transfer)
    #expect(error.kind == .tls)
    #expect(error.message.contains("ca-certificates") && error.message.contains("CURL_CA_BUNDLE"))
    #expect(!error.message.contains("secret"))
  }
}
