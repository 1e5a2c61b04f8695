// SPDX-License-Identifier: MIT

import ResonantCore

/// A request as it came in over the wire.
public struct RecordedRequest: Sendable {
  /// From 1, in the order of arrival.
  public let number: Int
  /// Which connection it came over, from 1.
  public let connection: Int
  public let method: String
  /// The path with its query.
  public let target: String
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  public var path: String { String(target.prefix { $0 != "?" }) }

  /// The value of a header, whatever the case of its name.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The body as JSON; null when it is none.
  public var json: JSONValue { (try? DecodedJSON.parse(body)) ?? .null }

  /// What the model is shown, one `role: content` a message.
  public var messages: [String] {
    (json["messages"]?.array ?? []).map { message in
      "\(message["role"]?.string ?? "?"): \(message["content"]?.string ?? "?")"
    }
  }

  /// `messages` without the system prompt.
  public var spoken: [String] { messages.filter { !$0.hasPrefix("system: ") } }
}

/// Cuts requests out of the bytes of a connection (RFC 9112: content length and chunked bodies).
struct RequestParser {
  struct Head {
    var method: String
    var target: String
    var headers: [(name: String, value: String)]
  }

  private var bytes: [UInt8] = []

  mutating func append(_ more: [UInt8]) {
    bytes += more
  }

  /// The next whole request, or nil until more bytes have come. Also tells when the client waits for `100 Continue`.
  mutating func next() -> (head: Head, body: [UInt8])? {
    guard let (head, start) = head() else { return nil }
    if value("transfer-encoding", in: head)?.lowercased() == "chunked" {
      guard let (body, end) = chunked(from: start) else { return nil }
      bytes.removeFirst(end)
      return (head, body)
    }
    let end = start + (value("content-length", in: head).flatMap { Int($0) } ?? 0)
    guard bytes.count >= end else { return nil }
    let body = Array(bytes[start..<end])
    bytes.removeFirst(end)
    return (head, body)
  }

  private func head() -> (Head, bodyStart: Int)? {
    var lines: [String] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: bytes[start..<end], as: UTF8.self).trimmed
      start = end + 1
      guard line.isEmpty else {
        lines.append(line)
        continue
      }
      guard let first = lines.first else { continue }
      let words = first.split(separator: " ").map(String.init)
      let headers = lines.dropFirst().map { line in
        let parts = line.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
        return (name: parts.first ?? "", value: parts.count > 1 ? parts[1] : "")
      }
      return (Head(method: words.first ?? "", target: words.dropFirst().first ?? "", headers: headers), start)
    }
    return nil
  }

  private func value(_ name: String, in head: Head) -> String? {
    head.headers.first { $0.name.lowercased() == name }?.value
  }

  private func chunked(from start: Int) -> (body: [UInt8], end: Int)? {
    var body: [UInt8] = []
    var index = start
    while let lineEnd = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) {
      let digits = String(decoding: bytes[index..<lineEnd], as: UTF8.self).trimmed
      guard let size = Int(digits, radix: 16) else { return nil }
      let end = lineEnd + 1 + size
      guard bytes.count >= end + 2 else { return nil }
      if size == 0 { return (body, end + 2) }
      body += bytes[(lineEnd + 1)..<end]
      index = end + 2
    }
    return nil
  }
}

extension String {
  /// Without the spaces, tabs and line ends around it.
  fileprivate var trimmed: String {
    let space: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n"]
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !space.contains($0) }),
      let last = scalars.lastIndex(where: { !space.contains($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
