// SPDX-License-Identifier: MIT

import CCurl

extension Transfer {
  /// Sets all options of the exchange on a new handle.
  func prepare(_ easy: EasyHandle, _ configuration: HTTPTransport.Configuration, receiveBuffer: Int) {
    attach(easy)
    easy.set(CURLOPT_URL, url)
    ccurl_easy_set_recent_options(easy.pointer)
    setMethod(easy)
    setHeaders(easy, configuration)
    easy.set(CURLOPT_BUFFERSIZE, receiveBuffer)
    setConnection(easy, configuration)
  }

  private func setMethod(_ easy: EasyHandle) {
    switch request.method {
    case .get: easy.set(CURLOPT_HTTPGET, 1)
    case .post:
      easy.set(CURLOPT_POST, 1)
      ccurl_easy_set_offset(easy.pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      if let bytes = body.whole { ccurl_easy_set_pointer(easy.pointer, CURLOPT_POSTFIELDS, bytes) }
    }
  }

  private func setHeaders(_ easy: EasyHandle, _ configuration: HTTPTransport.Configuration) {
    ccurl_easy_set_pointer(easy.pointer, CURLOPT_HTTPHEADER, request.headers.lines)
    easy.set(CURLOPT_USERAGENT, configuration.userAgent)
    // Accept every compression that libcurl supports; it decompresses the body.
    easy.set(CURLOPT_ACCEPT_ENCODING, "")
    easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  private func setConnection(_ easy: EasyHandle, _ configuration: HTTPTransport.Configuration) {
    // Without this option libcurl uses signals, which are unsafe with threads.
    easy.set(CURLOPT_NOSIGNAL, 1)
    easy.set(CURLOPT_TCP_NODELAY, 1)
    // Detects a dead peer, and keeps gateways from dropping a silent connection.
    easy.set(CURLOPT_TCP_KEEPALIVE, 1)
    easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect?.wholeMilliseconds ?? Int(Int32.max))
    easy.set(CURLOPT_UPLOAD_BUFFERSIZE, UploadBody.buffer)
    guard address.isSecure else { return }
    easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    easy.set(CURLOPT_PIPEWAIT, 1)
    let caFile = configuration.caFile ?? Authorities.file(builtIn: easy.authorities)
    lacksAuthorities = caFile == nil
    if let caFile {
      easy.set(CURLOPT_CAINFO, caFile)
      easy.set(CURLOPT_PROXY_CAINFO, caFile)
    }
  }
}
