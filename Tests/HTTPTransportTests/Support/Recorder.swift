// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization

/// A sink that keeps what it receives.
final class Recorder: HTTPResponseSink {
  private struct State {
    var heads: [HTTPResponseHead] = []
    var body: [UInt8] = []
  }

  private let state = Mutex(State())
  private let onBody: @Sendable (String) -> HTTPProgress

  /// - Parameter onBody: what to answer, given all of the body so far.
  init(onBody: @escaping @Sendable (String) -> HTTPProgress = { _ in .progress }) {
    self.onBody = onBody
  }

  var heads: [HTTPResponseHead] { state.withLock { $0.heads } }
  var body: [UInt8] { state.withLock { $0.body } }
  var text: String { String(decoding: body, as: UTF8.self) }

  func receive(head: HTTPResponseHead) { state.withLock { $0.heads.append(head) } }

  func receive(body bytes: UnsafeRawBufferPointer) -> HTTPProgress {
    state.withLock { $0.body.append(contentsOf: bytes) }
    return onBody(text)
  }
}

/// Something that happens on another thread and that a test waits for. The test's time limit is the deadline.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func send() { continuation.yield() }

  /// True when it was sent, false when the time is over.
  func wait() async -> Bool {
    for await _ in stream { return true }
    return false
  }
}
