// SPDX-License-Identifier: MIT

import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension HTTPError {
  static func cancelled(_ address: WebAddress) -> HTTPError {
    HTTPError(.cancelled, "the request to \(address.display) was cancelled")
  }

  static func redirect(_ status: Int, to target: String, _ address: WebAddress) -> HTTPError {
    HTTPError(
      .redirect(target: target),
      "\(address.display) redirects (\(status)) to \(target), which is not followed; use that address if you trust it"
    )
  }

  /// The first-byte or idle timeout has expired.
  static func silence(in transfer: Transfer) -> HTTPError {
    let place = transfer.address.display
    if transfer.deadline.hasProgress {
      let span = transfer.request.timeouts.idle?.spelledOut ?? ""
      return HTTPError(.idleTimeout, "\(place) has sent nothing new for \(span)")
    }
    let span = transfer.request.timeouts.firstByte?.spelledOut ?? ""
    return HTTPError(.firstByteTimeout, "\(place) has not begun to answer within \(span)")
  }

  /// Translates a libcurl failure. libcurl's own text is quoted for TLS only: elsewhere it adds nothing, or
  /// might quote data from the server.
  static func libcurl(_ code: CURLcode, in transfer: Transfer) -> HTTPError {
    let place = transfer.address.display
    let system = transfer.easy?.get(CURLINFO_OS_ERRNO) ?? 0
    if system == Int(EMFILE) || system == Int(ENFILE) { return tooManyOpenFiles }
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: return HTTPError(.resolve, "the host of \(place) is not known")
    case CURLE_OPERATION_TIMEDOUT:
      let span = transfer.request.timeouts.connect.map { " within \($0.spelledOut)" } ?? " in time"
      return HTTPError(.connectTimeout, "no connection to \(place)\(span)")
    case CURLE_COULDNT_CONNECT: return connect(transfer.address, system)
    case CURLE_COULDNT_RESOLVE_PROXY:
      let variable = ProxyVariable.name(for: transfer.address) ?? "a *_proxy variable"
      return HTTPError(.proxy, "the proxy for \(place) is not known: look at \(variable)")
    case CURLE_PROXY: return HTTPError(.proxy, "\(proxy(transfer.address)) gives no connection to \(place)")
    case CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_READ_ERROR:
      return HTTPError(.sendFailed, "the request to \(place) could not be sent whole")
    case CURLE_GOT_NOTHING:
      return HTTPError(
        .connectionLost, "\(place) closed the connection without an answer" + otherScheme(transfer))
    case CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return received(place, transfer)
    case CURLE_OUT_OF_MEMORY where transfer.head == nil:
      // libcurl also reports this for a header that exceeds its size limit.
      return HTTPError(.badResponse, "what \(place) answers begins with headers that are too long")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
      return HTTPError(
        .badResponse, "what \(place) answers is no valid HTTP response" + otherScheme(transfer))
    case CURLE_URL_MALFORMAT: return HTTPError(.unsupportedURL, "\(place) is no valid URL")
    default: return secure(code, system, transfer)
    }
  }

  static let tooManyOpenFiles = HTTPError(
    .tooManyOpenFiles, "too many open files: raise the limit (`ulimit -n`) or run fewer conversations at once"
  )

  private static func connect(_ address: WebAddress, _ system: Int) -> HTTPError {
    let reason = system == 0 ? "" : ": \(String(cString: strerror(Int32(clamping: system))))"
    guard ProxyVariable.name(for: address) != nil else {
      return HTTPError(.connect, "no connection to \(address.display)\(reason)")
    }
    return HTTPError(
      .proxyConnect, "no connection to \(proxy(address)), by which \(address.display) is reached\(reason)")
  }

  /// The proxy by the variable that names it; its URL may have a password.
  private static func proxy(_ address: WebAddress) -> String {
    "the proxy" + (ProxyVariable.name(for: address).map { " that \($0) names" } ?? "")
  }

  /// A server that speaks TLS says nothing understandable to one who does not.
  private static func otherScheme(_ transfer: Transfer) -> String {
    transfer.address.isSecure || transfer.head != nil ? "" : "; if the server speaks TLS, write https://"
  }

  /// If a proxy answers CONNECT with an error, libcurl reports a broken connection.
  private static func received(_ place: String, _ transfer: Transfer) -> HTTPError {
    let status = transfer.easy?.get(CURLINFO_HTTP_CONNECTCODE) ?? 0
    if transfer.head == nil, status >= 300 {
      return HTTPError(
        status < 500 ? .proxy : .connect,
        "\(proxy(transfer.address)) gives no connection to \(place): HTTP status \(status)")
    }
    return HTTPError(
      .connectionLost,
      "the connection to \(place) broke before the answer was complete" + otherScheme(transfer))
  }

  /// OpenSSL and GnuTLS, to a server that answers in plain text.
  private static let speaksNoTLS = [
    "wrong version number", "packet length too long", "http request", "unexpected TLS packet",
  ]

  private static func secure(_ code: CURLcode, _ system: Int, _ transfer: Transfer) -> HTTPError {
    let place = transfer.address.display
    let detail = transfer.easy?.lastError ?? ""
    let reason = detail.isEmpty ? String(cString: ccurl_easy_strerror(code)) : detail
    switch code {
    case CURLE_SSL_CONNECT_ERROR where system != 0: return connect(transfer.address, system)
    case CURLE_SSL_CONNECT_ERROR where speaksNoTLS.contains(where: reason.contains):
      return HTTPError(.tls, "no secure connection to \(place), which does not speak TLS; write http://")
    case CURLE_SSL_CACERT_BADFILE where transfer.lacksAuthorities,
      CURLE_PEER_FAILED_VERIFICATION where transfer.lacksAuthorities:
      return HTTPError(
        .tls,
        "no secure connection to \(place): this system has no certificate authorities; install the package "
          + "ca-certificates (apt-get, dnf, apk), or name a file of authorities in CURL_CA_BUNDLE")
    case CURLE_SSL_CACERT_BADFILE:
      return HTTPError(
        .tls, "the file of trusted authorities cannot be read: look at CURL_CA_BUNDLE and SSL_CERT_FILE")
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return HTTPError(
        .tls,
        "no secure connection to \(place): \(reason); CURL_CA_BUNDLE can name a file of authorities to trust")
    default:
      return HTTPError(
        .other, "the exchange with \(place) failed: \(String(cString: ccurl_easy_strerror(code)))")
    }
  }
}
