// SPDX-License-Identifier: MIT

import CCurl
import Synchronization

/// Request headers, validated and converted once for all requests that send them.
public final class HTTPHeaders: Sendable {
  /// In sending order.
  public let fields: [HTTPRequest.Header]
  private let problem: HTTPError?
  private let list = Mutex(List())

  /// `@unchecked Sendable`: the lines are created under the lock and only read afterwards.
  private struct List: @unchecked Sendable {
    var lines: UnsafeMutablePointer<curl_slist>?

    mutating func append(_ line: String) {
      if let longer = ccurl_slist_append(lines, line) { lines = longer }
    }
  }

  public init(_ fields: [HTTPRequest.Header]) {
    self.fields = fields
    problem = Self.problem(in: fields)
  }

  deinit { list.withLock { if $0.lines != nil { ccurl_slist_free_all($0.lines) } } }

  /// The headers in libcurl's form, valid for the lifetime of this object. libcurl must be loaded.
  var lines: UnsafeMutablePointer<curl_slist>? {
    list.withLock { list in
      if list.lines == nil { write(to: &list) }
      return list
    }.lines
  }

  private func write(to list: inout List) {
    for field in fields {
      // In libcurl's syntax, a colon without a value removes the header; a semicolon sends it empty.
      let isBlank = field.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
      list.append(isBlank ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    // Remove headers that libcurl would add by itself. `Expect` costs a round trip before the body.
    for name in ["Expect", "Accept", "Content-Type"]
    where !fields.contains(where: { $0.name.lowercased() == name.lowercased() }) {
      list.append("\(name):")
    }
  }

  /// Throws `invalidHeader` for a name that is not a token and for a value with a line break or zero byte:
  /// either could smuggle another header into the request.
  func check() throws(HTTPError) {
    if let problem { throw problem }
  }

  private static func problem(in fields: [HTTPRequest.Header]) -> HTTPError? {
    for field in fields {
      guard field.name.utf8.allSatisfy(isTokenByte), !field.name.isEmpty else {
        return HTTPError(.invalidHeader, "a header name has characters that no header name may have")
      }
      guard !field.value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) else {
        return HTTPError(
          .invalidHeader, "the value of header \(field.name) has a line break or a zero byte; remove it")
      }
    }
    return nil
  }

  /// RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
