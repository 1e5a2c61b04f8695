// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization

/// Receives one response: the body of a good one goes through the decoder into the live reply, that of an error
/// is kept.
final class ReplySink: HTTPResponseSink {
  struct Received: Sendable {
    var head: HTTPResponseHead?
    var decoder: ReplyDecoder
    /// The start of a body with an error status.
    var errorBody: [UInt8] = []

    var isGood: Bool { head.map { (200..<300).contains($0.status) } ?? false }

    /// An error page that never ends must not hold up the turn for ever, be it large or slow: it has the time between
    /// two events for all of it.
    fileprivate mutating func takeError(_ bytes: UnsafeRawBufferPointer) -> HTTPProgress {
      let isFirst = errorBody.isEmpty
      errorBody += bytes.prefix(ReplySink.errorLimit - errorBody.count)
      if errorBody.count >= ReplySink.errorLimit { return .stop }
      return isFirst ? .progress : .keepAlive
    }
  }

  /// More of an error's body is not kept.
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

  /// What came, when nothing more will.
  func finish() -> Received {
    received.withLock { received in
      if received.isGood { received.decoder.finish() }
      return received
    }
  }
}
