// SPDX-License-Identifier: MIT

/// What standard input gives.
enum InputEvent: Equatable, Sendable {
  case line(String)
  /// The line or message that comes next was longer than `LineSplitter.limit`, and is cut off there.
  case tooLong
  case end
}

/// Splits bytes, however they arrive, into lines that end with a line feed or with CRLF.
struct LineSplitter {
  /// The most bytes of a line or message, so that endless input does not fill memory.
  static let limit = 1 << 20

  private var line: [UInt8] = []
  private var isCut = false
  private var isFirst = true

  mutating func feed(_ bytes: [UInt8]) -> [InputEvent] {
    var events: [InputEvent] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A) {
      append(rest[..<end], &events)
      events.append(.line(take()))
      rest = rest[(end + 1)...]
    }
    append(rest, &events)
    return events
  }

  /// The last line, if it has no line end, and the end.
  mutating func finish() -> [InputEvent] { line.isEmpty ? [.end] : [.line(take()), .end] }

  private mutating func append(_ piece: ArraySlice<UInt8>, _ events: inout [InputEvent]) {
    let room = Self.limit - line.count
    line += piece.prefix(room)
    guard piece.count > room, !isCut else { return }
    isCut = true
    events.append(.tooLong)
  }

  private mutating func take() -> String {
    // Windows' editors begin a file with a byte order mark.
    if isFirst, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    if line.last == 0x0D { line.removeLast() }
    defer {
      line = []
      (isCut, isFirst) = (false, false)
    }
    return String(decoding: line, as: UTF8.self)
  }
}

/// Joins lines into messages: after a line that ends with `\`, the message goes on in the next line.
struct LineJoiner {
  private var message = ""
  private var isCut = false

  mutating func feed(_ events: [InputEvent]) -> [InputEvent] { events.flatMap { feed($0) } }

  private mutating func feed(_ event: InputEvent) -> [InputEvent] {
    switch event {
    case .line(let line):
      if line.hasSuffix("\\") { return append(line.dropLast() + "\n") }
      return append(line[...]) + [take()]
    case .tooLong: return [.tooLong]
    case .end:
      guard !message.isEmpty else { return [.end] }
      if message.hasSuffix("\n") { message.removeLast() }
      return [take(), .end]
    }
  }

  private mutating func append(_ text: Substring) -> [InputEvent] {
    guard !isCut else { return [] }
    guard message.utf8.count + text.utf8.count > LineSplitter.limit + 1 else {
      message += text
      return []
    }
    isCut = true
    return [.tooLong]
  }

  private mutating func take() -> InputEvent {
    defer { (message, isCut) = ("", false) }
    return .line(message)
  }
}
