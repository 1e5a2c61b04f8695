// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization

/// Receives one response. The decoder reads the body of a successful one into the live reply; the body of an
/// error is kept.
final class ReplySink: HTTPResponseSink {
  struct Received: Sendable {
    var head: HTTPResponseHead?
    var decoder: ReplyDecoder
    /// The start of the body if the status is an error.
    var errorBody: [UInt8] = []

    var isGood: Bool { head.map { (200..<300).contains($0.status) } ?? false }

    /// An endless error page must not delay the turn forever, whether large or slow: the idle timeout applies
    /// to the whole of it.
    fileprivate mutating func takeError(_ bytes: UnsafeRawBufferPointer) -> HTTPProgress {
      let isFirst = errorBody.isEmpty
      errorBody += bytes.prefix(ReplySink.errorLimit - errorBody.count)
      if errorBody.count >= ReplySink.errorLimit { return .stop }
      return isFirst ? .progress : .keepAlive
    }
  }

  /// Most bytes kept of an error's body.
  static let errorLimit = 64 << 10

  private let attempt: Attempt
  private let received: Mutex<Received>

  init(for attempt: Attempt) {
    self.attempt = attempt
    received = Mutex(Received(decoder: ReplyDecoder(into: attempt.live)))
  }

  func begin() { attempt.noteStart() }

  func receive(head: HTTPResponseHead) {
    received.withLock { $0.head = head }
  }

  func receive(body bytes: UnsafeRawBufferPointer) -> HTTPProgress {
    received.withLock { received in
      guard received.isGood else { return received.takeError(bytes) }
      return received.decoder.feed(bytes.assumingMemoryBound(to: UInt8.self))
    }
  }

  func receivePause() -> HTTPProgress {
    received.withLock { $0.decoder.deliver() }
  }

  /// Ends the response and returns what was received.
  func finish() -> Received {
    received.withLock { received in
      if received.isGood { received.decoder.finish() }
      return received
    }
  }
}
