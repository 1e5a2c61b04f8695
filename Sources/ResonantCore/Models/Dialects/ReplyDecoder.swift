// SPDX-License-Identifier: MIT

import HTTPTransport

/// Reads the body of a response in pieces of any size into a `LiveReply`: an event stream, one JSON object a line,
/// or one JSON value, in any of the three shapes. Does no I/O.
struct ReplyDecoder {
  private enum Form {
    /// Nothing but blank lines so far.
    case open
    case lines
    /// One JSON value over several lines.
    case whole
  }

  /// Longer lines, and longer whole replies, are an error.
  static let lengthLimit = 64 << 20
  /// Bytes of the body's start that are kept for an error message, while nothing in it was understood.
  private static let openingLimit = 4096

  private(set) var reply: ReplyAssembly
  private(set) var isTooLong = false
  /// The start of a body that nothing was understood of yet.
  private(set) var opening: [UInt8] = []

  private var form = Form.open
  /// Data of an event stream have come, so one of its events is not the whole reply.
  private var isEventStream = false
  /// The start of a line whose end has not come, and in form `whole` everything.
  private(set) var carry: [UInt8] = []
  private var skipsLineFeed = false
  /// Data lines of one event that are no JSON by themselves.
  private var pending: [UInt8] = []
  /// The event of the stream that is being read is of type `error`, whatever its data are.
  private var isErrorEvent = false

  init(into live: LiveReply) {
    reply = ReplyAssembly(into: live)
  }

  var isComplete: Bool { reply.isComplete }
  var failure: ProviderError? { reply.failure }
  var finishReason: String? { reply.finishReason }
  /// Whether there was anything of a reply or an error.
  var isUnderstood: Bool { reply.hasEvents }

  /// Reads a piece. Its text is in the reply after the next `deliver` or `finish`.
  mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) -> HTTPProgress {
    reply.progress = .keepAlive
    let hadEnded = reply.hasEnded
    if !reply.hasEvents, opening.count < Self.openingLimit {
      opening += bytes.prefix(Self.openingLimit - opening.count)
    }
    var cursor = LineCursor(bytes, skipsLineFeed: skipsLineFeed)
    while let range = cursor.next() {
      take(line: UnsafeBufferPointer(rebasing: bytes[range]))
      if isStopped { return .stop }
    }
    skipsLineFeed = cursor.skipsLineFeed
    keep(bytes[cursor.rest])
    if max(carry.count, pending.count) > Self.lengthLimit {
      isTooLong = true
      return .stop
    }
    if reply.hasEvents { opening = [] }
    if reply.hasEnded { return hadEnded ? .keepAlive : .complete(within: ReplyAssembly.endGrace) }
    if case .keepAlive = reply.progress, form == .whole || (form == .open && Self.looksLikeJSON(carry)) {
      return .progress
    }
    return reply.progress
  }

  /// Keeps the start of a line. Blanks before anything else are nothing, and there may be millions of them, which must
  /// not be looked through again for each piece.
  private mutating func keep(_ start: Slice<UnsafeBufferPointer<UInt8>>) {
    carry += form == .open && carry.isEmpty ? start.drop(while: Self.isSpace) : start
  }

  /// Takes what is left when the body has ended, whole or not.
  mutating func finish() {
    if form == .whole {
      let whole = carry
      whole.withUnsafeBufferPointer { whole in
        if !read(json: whole) { readLines(whole) }
      }
    } else {
      if !carry.isEmpty { [UInt8]().withUnsafeBufferPointer { take(line: $0) } }
      endEvent()
    }
    carry = []
    if reply.hasEvents { opening = [] }
    reply.finish()
  }

  /// Hands over what is gathered; `.stop` when the reply wants no more.
  mutating func deliver() -> HTTPProgress { reply.deliver() }

  private var isStopped: Bool {
    if case .stop = reply.progress { true } else { false }
  }

  // MARK: Lines

  /// Takes a line, without its end; what was carried over comes before it.
  private mutating func take(line: UnsafeBufferPointer<UInt8>) {
    if form == .whole {
      carry += line
      carry.append(0x0A)
    } else if carry.isEmpty {
      read(line: line)
    } else {
      carry += line
      var whole: [UInt8] = []
      swap(&whole, &carry)
      whole.withUnsafeBufferPointer { read(line: $0) }
      // Not when the line has just been kept again, as the first of a value over several lines.
      if carry.isEmpty {
        whole.removeAll(keepingCapacity: true)
        carry = whole
      }
    }
  }

  private mutating func read(line: UnsafeBufferPointer<UInt8>) {
    guard !reply.hasEnded else { return }
    guard let first = line.first else { return endEvent() }
    switch first {
    case ASCII.colon: form = form == .open ? .lines : form
    case UInt8(ascii: "d") where line.starts(with: Self.dataField):
      (form, isEventStream) = (.lines, true)
      let start = line.count > 5 && line[5] == 0x20 ? 6 : 5
      read(data: UnsafeBufferPointer(rebasing: line[start...]))
    default: readBare(line)
    }
  }

  private static let dataField = Array("data:".utf8)

  /// A line that is no data of an event stream: JSON, another field, blank, or nothing that we know.
  private mutating func readBare(_ line: UnsafeBufferPointer<UInt8>) {
    if form == .open, line.starts(with: Self.byteOrderMark) {
      return read(line: UnsafeBufferPointer(rebasing: line[3...]))
    }
    if let words = Self.value(of: "error", in: line) {
      form = .lines
      return reply.fail(ErrorBody.read(words) ?? Self.wordless)
    }
    if let type = Self.value(of: "event", in: line) {
      isErrorEvent = String(decoding: type, as: UTF8.self).lowercased() == "error"
    }
    guard Self.looksLikeJSON(line) else {
      if line.contains(where: { !Self.isSpace($0) }) { form = .lines }
      return
    }
    if read(json: line) {
      form = .lines
    } else if form == .open {
      form = .whole
      carry = line + [0x0A]
    }
  }

  /// What an event says that is an error and has no data.
  private static let wordless = ProviderError("an error without a message")

  /// The value of a field of an event stream; nil when the line is another.
  private static func value(of field: String, in line: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard line.starts(with: field.utf8), line.dropFirst(field.utf8.count).first == ASCII.colon else {
      return nil
    }
    return Array(line.dropFirst(field.utf8.count + 1).drop(while: isSpace))
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func looksLikeJSON(_ line: some Collection<UInt8>) -> Bool {
    guard let first = line.first(where: { !isSpace($0) }) else { return false }
    return first == ASCII.openBrace || first == ASCII.openBracket
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  // MARK: Data of an event stream

  private static let doneMark = Array("[DONE]".utf8)

  private mutating func read(data: UnsafeBufferPointer<UInt8>) {
    if pending.isEmpty {
      if !isErrorEvent, read(item: data) { return }
    } else {
      pending.append(0x0A)
    }
    pending += data
  }

  /// Reads data that are whole by themselves; false when they are not.
  private mutating func read(item: UnsafeBufferPointer<UInt8>) -> Bool {
    if read(json: item) { return true }
    guard item.drop(while: Self.isSpace).starts(with: Self.doneMark) else { return false }
    reply.end()
    return true
  }

  /// At the end of an event: data over several lines are one JSON value, or else each line is looked at alone.
  private mutating func endEvent() {
    let (data, isError) = (pending, isErrorEvent)
    guard isError || !data.isEmpty else { return }
    pending = []
    isErrorEvent = false
    if isError { return reply.fail(ErrorBody.read(data) ?? Self.wordless) }
    data.withUnsafeBufferPointer { data in
      if !read(json: data) { readLines(data) }
    }
  }

  private mutating func readLines(_ bytes: UnsafeBufferPointer<UInt8>) {
    for line in bytes.split(separator: 0x0A) where !reply.hasEnded && !isStopped {
      _ = read(item: UnsafeBufferPointer(rebasing: line))
    }
  }

  // MARK: Events

  /// Reads one JSON value; false when it is none.
  private mutating func read(json: UnsafeBufferPointer<UInt8>) -> Bool {
    if reply.isPastBeginning, let delta = DeltaScanner.scan(json) {
      reply.take(delta, of: json)
      return true
    }
    guard let value = try? JSONValue.parse(json, syntax: .stream) else { return false }
    // A number or a string is no event, and no reason to wait for the rest of one.
    if value.object == nil, value.array == nil { return true }
    reply.take(ReplyEvent(value, following: reply.choice), isStreamed: isEventStream)
    return true
  }
}
