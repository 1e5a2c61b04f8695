// SPDX-License-Identifier: MIT

import HTTPTransport

/// Reads the body of a response in pieces of any size into a `LiveReply`: an event stream, one JSON object
/// per line, or a single JSON value, in any of the three shapes. Does no I/O.
struct ReplyDecoder {
  private enum Form {
    /// Nothing but blank lines so far.
    case open
    case lines
    /// A JSON value over several lines.
    case whole
  }

  /// In bytes; longer lines and longer whole replies are an error.
  static let lengthLimit = 64 << 20
  /// Most bytes kept from the start of the body for an error message, until something in it is understood.
  private static let openingLimit = 4096

  private(set) var reply: ReplyAssembly
  private(set) var isTooLong = false
  /// The start of the body, until something in it is understood.
  private(set) var opening: [UInt8] = []

  private var form = Form.open
  /// The body is an event stream, so a single event is not the whole reply.
  private var isEventStream = false
  /// The start of an incomplete line; in form `whole`, the whole body so far.
  private(set) var carry: [UInt8] = []
  private var skipsLineFeed = false
  /// Data lines of one event that are not JSON by themselves.
  private var pending: [UInt8] = []
  /// The current event of the stream has type `error`, whatever its data.
  private var isErrorEvent = false

  init(into live: LiveReply) {
    reply = ReplyAssembly(into: live)
  }

  var isComplete: Bool { reply.isComplete }
  var failure: ProviderError? { reply.failure }
  var finishReason: String? { reply.finishReason }
  /// Whether anything belonged to a reply or an error.
  var isUnderstood: Bool { reply.hasEvents }

  /// Reads a piece. Its text is in the reply after the next call of `deliver` or `finish`.
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

  /// Keeps the start of a line. Leading blanks of the body are dropped: there may be millions of them, and
  /// they must not be searched again for each piece.
  private mutating func keep(_ start: Slice<UnsafeBufferPointer<UInt8>>) {
    carry += form == .open && carry.isEmpty ? start.drop(while: Self.isSpace) : start
  }

  /// Reads the remaining bytes when the body has ended, whether it is complete or not.
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

  /// Appends the gathered text to the reply; returns `.stop` if the reply wants no more.
  mutating func deliver() -> HTTPProgress { reply.deliver() }

  private var isStopped: Bool {
    if case .stop = reply.progress { true } else { false }
  }

  // MARK: Lines

  /// Takes a line without its line end, after any bytes carried over.
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
      // Reuse the buffer, unless the line was kept again as the first of a value over several lines.
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

  /// Reads a line without the prefix `data:`: JSON, another field, blank, or unknown.
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

  /// The error for an error event without data.
  private static let wordless = ProviderError("an error without a message")

  /// The value of a field of an event stream; nil if the line is not this field.
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

  /// Reads data that are complete by themselves; returns false if they are not.
  private mutating func read(item: UnsafeBufferPointer<UInt8>) -> Bool {
    if read(json: item) { return true }
    guard item.drop(while: Self.isSpace).starts(with: Self.doneMark) else { return false }
    reply.end()
    return true
  }

  /// Ends an event: data over several lines are one JSON value; if not, each line is read alone.
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

  /// Reads one JSON value; returns false if it is not valid JSON.
  private mutating func read(json: UnsafeBufferPointer<UInt8>) -> Bool {
    if reply.isPastBeginning, let delta = DeltaScanner.scan(json) {
      reply.take(delta, of: json)
      return true
    }
    guard let value = try? JSONValue.parse(json, syntax: .stream) else { return false }
    // A number or string is not an event, nor the start of one.
    if value.object == nil, value.array == nil { return true }
    reply.take(ReplyEvent(value, following: reply.choice), isStreamed: isEventStream)
    return true
  }
}
