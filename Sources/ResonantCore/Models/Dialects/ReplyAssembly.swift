// SPDX-License-Identifier: MIT

import HTTPTransport

/// Assembles a reply from the events of a response. Does no I/O.
struct ReplyAssembly {
  private let live: LiveReply
  private(set) var usage: (prompt: Int?, completion: Int?) = (nil, nil)
  private(set) var finishReason: String?
  private(set) var servedModel: String?
  private(set) var toolCalls = ToolCallAssembly()
  /// An error that was reported; the response is then not a reply, whatever else it contains.
  private(set) var failure: ProviderError?
  /// The end mark has arrived: nothing more belongs to the reply.
  private(set) var hasEnded = false
  /// A single JSON value was the whole reply.
  private(set) var hasWhole = false
  /// At least one event belonged to a reply or an error.
  private(set) var hasEvents = false
  /// How the exchange should go on after the last bytes.
  var progress = HTTPProgress.keepAlive

  /// The index of the choice that forms the reply: the first that arrives.
  private(set) var choice: Int?
  private var text = ReplyPart()
  private var thinking = ReplyPart()
  private var scanner = DeltaScanner()
  /// Text or reasoning not yet in the reply. Followers of the reply are woken once for all data that has
  /// arrived, not for each of the up to a hundred events in it.
  private var gathered: [UInt8] = []
  private var gathersThinking = false

  init(into live: LiveReply) {
    self.live = live
  }

  /// Whether the reply ended by itself: with a finish reason, an end mark, or as one whole value.
  var isComplete: Bool { finishReason != nil || hasEnded || hasWhole }

  /// Whether the scanner may read the next events: what only the beginning of a stream contains has been
  /// read.
  var isPastBeginning: Bool { servedModel != nil || text.hasDeltas || thinking.hasDeltas }

  /// Takes the end mark of a stream.
  mutating func end() {
    hasEnded = true
    progress = .progress
  }

  mutating func fail(_ error: ProviderError) {
    hasEvents = true
    failure = error
    progress = .stop
  }

  /// Has the same effect as taking the `ReplyEvent` of these bytes.
  mutating func take(_ delta: DeltaScanner.Delta, of line: UnsafeBufferPointer<UInt8>) {
    let (said, thought) = (delta.text?.place.isEmpty == false, delta.thinking?.place.isEmpty == false)
    note(hasContent: said || thought, hasReason: false)
    guard follows(delta.choice) else { return }
    if let piece = delta.thinking, thought {
      thinking.pieces += 1
      gather(thinking: true)
      scanner.append(piece, of: line, to: &gathered, joining: &thinking.joiner)
    }
    if let piece = delta.text, said {
      text.pieces += 1
      gather(thinking: false)
      scanner.append(piece, of: line, to: &gathered, joining: &text.joiner)
    }
  }

  mutating func take(_ event: ReplyEvent, isStreamed: Bool) {
    guard event.isKnown, !event.isPing else { return }
    note(hasContent: event.hasContent, hasReason: event.finishReason != nil)
    usage.prompt = event.promptTokens ?? usage.prompt
    usage.completion = event.completionTokens ?? usage.completion
    if servedModel == nil { servedModel = event.model.map(SurrogateJoiner.joined) }
    hasEnded = hasEnded || event.isEnd
    if follows(event.choice) { takeContent(of: event, isStreamed: isStreamed) }
    if var failure = event.failure {
      failure.message = SurrogateJoiner.joined(failure.message)
      fail(failure)
    }
  }

  private mutating func takeContent(of event: ReplyEvent, isStreamed: Bool) {
    finishReason = event.finishReason.map(SurrogateJoiner.joined) ?? finishReason
    // A message in a stream may be incomplete.
    hasWhole = hasWhole || event.isWhole && !isStreamed
    if !event.isMessage || toolCalls.isEmpty {
      for call in event.toolCalls { toolCalls.add(call) }
      if toolCalls.isEndless { live.cut(.limit) }
    }
    // The last event of a stream may repeat the whole text, as some servers do; Ollama's has no text.
    let isLast = event.isEnd || event.finishReason != nil && text.pieces > 1
    let repeats = isLast && !event.isMessage
    let thoughts = thinking.new(in: event.thinking, isMessage: event.isMessage)
    if !repeats || !isAll(thoughts, ofThinking: true) { append(thoughts, to: \.thinking) }
    let words = text.new(in: event.text, isMessage: event.isMessage)
    if !repeats || !isAll(words, ofThinking: false) { append(words, to: \.text) }
  }

  /// Whether `words` repeat the whole text, or the whole reasoning, so far.
  ///
  /// Compares lengths first: some servers send a finish reason with every chunk, and comparing the texts for
  /// each of them would take quadratic time.
  private mutating func isAll(_ words: String, ofThinking isThinking: Bool) -> Bool {
    guard !words.isEmpty, 2 * words.utf8.count >= live.byteCount(ofThinking: isThinking) else { return false }
    deliver()
    let soFar = isThinking ? live.thinking ?? "" : live.text
    return soFar.split(whereSeparator: \.isWhitespace) == words.split(whereSeparator: \.isWhitespace)
  }

  private mutating func append(_ words: String, to part: WritableKeyPath<Self, ReplyPart>) {
    guard !words.isEmpty else { return }
    gather(thinking: part == \.thinking)
    var joiner = self[keyPath: part].joiner
    joiner.append(words.utf8, to: &gathered)
    self[keyPath: part].joiner = joiner
  }

  private mutating func follows(_ choice: Int?) -> Bool {
    guard let choice else { return true }
    if self.choice == nil { self.choice = choice }
    return choice == self.choice
  }

  /// Notes an event. After a finish reason, only token counts are expected, and only for a limited time. New
  /// text restarts that time, because some servers send a reason with every chunk.
  private mutating func note(hasContent: Bool, hasReason: Bool) {
    hasEvents = true
    if finishReason == nil ? hasReason : hasContent {
      progress = .complete(within: Self.usageGrace)
    } else if finishReason == nil {
      progress = .progress
    }
  }

  /// How long to wait for token counts after the finish reason, and for the end of the body after the end
  /// mark.
  static let usageGrace = Duration.seconds(2)
  static let endGrace = Duration.milliseconds(500)

  /// Completes the reply after the last event.
  mutating func finish() {
    if thinking.joiner.isWaiting {
      gather(thinking: true)
      thinking.joiner.finish(&gathered)
    }
    if text.joiner.isWaiting {
      gather(thinking: false)
      text.joiner.finish(&gathered)
    }
    deliver()
  }

  /// Switches between gathering reasoning and text.
  private mutating func gather(thinking: Bool) {
    if thinking != gathersThinking { deliver() }
    gathersThinking = thinking
  }

  /// Appends the gathered text to the reply; returns `.stop` if the reply wants no more.
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
}

/// Tracks the text or the reasoning of a reply and finds what is new in an event. Text in pieces counts; a
/// whole message that repeats it, beside or after the pieces, does not count again.
private struct ReplyPart {
  /// Number of pieces so far.
  var pieces = 0
  var hasDeltas: Bool { pieces > 0 }
  var joiner = SurrogateJoiner()
  /// The text that came in whole messages so far.
  private var message = ""

  mutating func new(in words: String, isMessage: Bool) -> String {
    guard isMessage else {
      pieces += words.isEmpty ? 0 : 1
      return words
    }
    let words = SurrogateJoiner.whole(words)
    guard !hasDeltas, !message.utf8.starts(with: words.utf8) else { return "" }
    guard words.utf8.starts(with: message.utf8) else {
      message += words
      return words
    }
    defer { message = words }
    return String(decoding: words.utf8.dropFirst(message.utf8.count), as: UTF8.self)
  }
}
