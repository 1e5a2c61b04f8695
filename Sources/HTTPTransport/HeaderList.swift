// SPDX-License-Identifier: MIT

import CCurl

/// The header lines of a request in libcurl's form, which must live until the exchange has ended.
struct HeaderList {
  private(set) var pointer: UnsafeMutablePointer<curl_slist>?

  init(_ headers: [HTTPRequest.Header]) {
    for header in headers {
      // A colon without a value would take the header out; a semicolon sends it empty.
      append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }
    // Headers that libcurl would add by itself. `Expect` costs a round trip before the body.
    for name in ["Expect", "Accept", "Content-Type"]
    where !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
      append("\(name):")
    }
  }

  private mutating func append(_ line: String) {
    if let longer = ccurl_slist_append(pointer, line) { pointer = longer }
  }

  func free() { ccurl_slist_free_all(pointer) }
}
