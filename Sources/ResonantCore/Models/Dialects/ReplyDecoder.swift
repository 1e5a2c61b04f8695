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

  private let live: LiveReply
  private(set) var usage: (prompt: Int?, completion: Int?) = (nil, nil)
  private(set) var finishReason: String?
  private(set) var servedModel: String?
  private(set) var toolCalls = ToolCallAssembly()
  private(set) var failure: ProviderError?
  /// The end mark has come: nothing more belongs to the reply.
  private(set) var hasEnded = false
  private(set) var isTooLong = false
  /// The start of a body that nothing was understood of yet.
  private(set) var opening: [UInt8] = []

  private var form = Form.open
  private var hasWhole = false
  private var hasEvents = false
  private var scanner = DeltaScanner()
  /// The start of a line whose end has not come, and in form `whole` everything.
  private(set) var carry: [UInt8] = []
  private var skipsLineFeed = false
  /// Data lines of one event that are no JSON by themselves.
  private var pending: [UInt8] = []
  private var progress = HTTPProgress.keepAlive
  /// Text, or reasoning, that is not in the reply yet: whoever follows the reply is woken once for all that has
  /// arrived, not for each of the hundred events that may be in it.
  private var gathered: [UInt8] = []
  private var gathersThinking = false

  init(into live: LiveReply) {
    self.live = live
  }

  /// Whether the reply came to its own end: with a finish reason, an end mark, or as one whole value.
  var isComplete: Bool { finishReason != nil || hasEnded || hasWhole }

  /// Whether there was anything of a reply or an error.
  var isUnderstood: Bool { hasEvents }

  /// Reads a piece. Its text is in the reply after the next `deliver` or `finish`.
  mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) -> HTTPProgress {
    progress = .keepAlive
    if !hasEvents, opening.count < Self.openingLimit {
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
    if hasEnded { return .complete }
    if case .keepAlive = progress, form == .whole || (form == .open && Self.looksLikeJSON(carry)) {
      return .progress
    }
    return progress
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
      flush()
    }
    carry = []
    deliver()
  }

  private var isStopped: Bool {
    if case .stop = progress { true } else { false }
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
    guard !hasEnded else { return }
    guard let first = line.first else { return flush() }
    switch first {
    case ASCII.colon: form = form == .open ? .lines : form
    case UInt8(ascii: "d") where line.starts(with: Self.dataField):
      form = .lines
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
      if read(item: data) { return }
    } else {
      pending.append(0x0A)
    }
    pending += data
  }

  /// Reads data that are whole by themselves; false when they are not.
  private mutating func read(item: UnsafeBufferPointer<UInt8>) -> Bool {
    if read(json: item) { return true }
    guard item.drop(while: Self.isSpace).starts(with: Self.doneMark) else { return false }
    hasEnded = true
    progress = .progress
    return true
  }

  /// At the end of an event: data over several lines are one JSON value, or else each line is looked at alone.
  private mutating func flush() {
    guard !pending.isEmpty else { return }
    let data = pending
    pending = []
    data.withUnsafeBufferPointer { data in
      if !read(json: data) { readLines(data) }
    }
  }

  private mutating func readLines(_ bytes: UnsafeBufferPointer<UInt8>) {
    for line in bytes.split(separator: 0x0A) where !hasEnded && !isStopped {
      _ = read(item: UnsafeBufferPointer(rebasing: line))
    }
  }

  // MARK: Events

  /// Reads one JSON value; false when it is none.
  private mutating func read(json: UnsafeBufferPointer<UInt8>) -> Bool {
    if let delta = scanner.scan(json) {
      take(delta, of: json)
      return true
    }
    guard let value = try? JSONValue.parse(json, syntax: .wire) else { return false }
    // A number or a string is no event, and no reason to wait for the rest of one.
    if value.object == nil, value.array == nil { return true }
    take(ReplyEvent(value))
    return true
  }

  private mutating func noteEvent() {
    progress = .progress
    if !hasEvents { opening = [] }
    hasEvents = true
  }

  /// The same as for the `ReplyEvent` of these bytes.
  private mutating func take(_ delta: DeltaScanner.Delta, of line: UnsafeBufferPointer<UInt8>) {
    noteEvent()
    usage.prompt = delta.promptTokens ?? usage.prompt
    usage.completion = delta.completionTokens ?? usage.completion
    if let piece = delta.finishReason { finishReason = scanner.text(of: piece, in: line) }
    if servedModel == nil, let piece = delta.model { servedModel = scanner.text(of: piece, in: line) }
    if let piece = delta.thinking {
      gather(thinking: true)
      scanner.append(piece, of: line, to: &gathered)
    }
    if let piece = delta.text {
      gather(thinking: false)
      scanner.append(piece, of: line, to: &gathered)
    }
  }

  /// What is gathered from now on is reasoning, or text.
  private mutating func gather(thinking: Bool) {
    if thinking != gathersThinking { deliver() }
    gathersThinking = thinking
  }

  /// Hands over what is gathered; `.stop` when the reply wants no more.
  @discardableResult
  mutating func deliver() -> HTTPProgress {
    guard !gathered.isEmpty else { return progress }
    let goesOn = gathered.withUnsafeBufferPointer {
      gathersThinking ? live.append(thinking: $0) : live.append($0)
    }
    gathered.removeAll(keepingCapacity: true)
    if !goesOn { progress = .stop }
    return progress
  }

  private mutating func take(_ event: ReplyEvent) {
    guard event.isKnown, !event.isPing else { return }
    noteEvent()
    usage.prompt = event.promptTokens ?? usage.prompt
    usage.completion = event.completionTokens ?? usage.completion
    finishReason = event.finishReason ?? finishReason
    if servedModel == nil { servedModel = event.model }
    for call in event.toolCalls { toolCalls.add(call) }
    hasWhole = hasWhole || event.isWhole
    hasEnded = hasEnded || event.isEnd
    if !event.thinking.isEmpty {
      gather(thinking: true)
      gathered += event.thinking.utf8
    }
    if !event.text.isEmpty {
      gather(thinking: false)
      gathered += event.text.utf8
    }
    if let failure = event.failure {
      self.failure = failure
      progress = .stop
    }
  }
}
