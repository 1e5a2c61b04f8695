// SPDX-License-Identifier: MIT

/// Parses a response head from the lines that libcurl passes on: status line, fields, an empty line. Interim
/// responses come first in the same form. Trailers at the end are ignored.
struct ResponseHeadParser {
  enum Step: Equatable {
    case needsMore
    /// The head of the final response; returned once.
    case complete(HTTPResponseHead)
    case malformed
  }

  /// More than any server needs; keeps a hostile server from exhausting memory.
  private static let mostBytes = 256 * 1024

  /// Whether the response came over HTTP/2, which carries many exchanges on one connection; nil before the
  /// status line.
  private(set) var isMultiplexed: Bool?
  private var head = HTTPResponseHead(status: 0, headers: [])
  private var isComplete = false
  private var bytes = 0

  mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
    // A trailer. A second head, however, means that libcurl has repeated the request, and its response must
    // not be appended to the first.
    guard !isComplete else { return line.starts(with: "HTTP/".utf8) ? .malformed : .needsMore }
    bytes += line.count
    guard bytes <= Self.mostBytes else { return .malformed }
    let text = Self.trim(line[...])
    if text.isEmpty { return end() }
    if text.starts(with: "HTTP/".utf8) { return start(text) }
    if let first = line.first, first == 0x20 || first == 0x09 {
      fold(text)
    } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: text[..<colon], as: UTF8.self)
      let value = String(decoding: Self.trim(text[(colon + 1)...]), as: UTF8.self)
      head.headers.append(HTTPRequest.Header(name, value))
    }
    return .needsMore
  }

  private mutating func start(_ line: Slice<UnsafeRawBufferPointer>) -> Step {
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard words.count >= 2, let status = Int(String(decoding: words[1], as: UTF8.self)),
      (100...999).contains(status)
    else { return .malformed }
    isMultiplexed = words[0].dropFirst(5).first == UInt8(ascii: "2")
    head = HTTPResponseHead(status: status, headers: [])
    return .needsMore
  }

  private mutating func end() -> Step {
    guard head.status >= 200 else { return .needsMore }
    isComplete = true
    return .complete(head)
  }

  /// Appends a continuation line to the field before it (RFC 9112, section 5.2).
  private mutating func fold(_ text: Slice<UnsafeRawBufferPointer>) {
    guard !head.headers.isEmpty else { return }
    head.headers[head.headers.count - 1].value += " " + String(decoding: text, as: UTF8.self)
  }

  private static func trim(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    let rest = text.drop(while: isSpace)
    guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return rest.prefix(0) }
    return rest[...last]
  }
}
