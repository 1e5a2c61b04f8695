// SPDX-License-Identifier: MIT

import CCurl
import Synchronization

/// One exchange from `send` to its end. Its loop keeps it alive for as long as libcurl has its address.
///
/// `@unchecked Sendable`: `control` has a lock; what is mutable beside it is touched only by the loop's thread.
final class Transfer: @unchecked Sendable {
  typealias Outcome = Result<HTTPResponseHead, HTTPError>

  /// How an exchange ends, decided while libcurl still works on it.
  enum Ending {
    case stopped
    case failed(HTTPError)
  }

  private struct Control {
    var isCancelled = false
    var loop: TransferLoop?
    var continuation: CheckedContinuation<Outcome, Never>?
  }

  let request: HTTPRequest
  let address: WebAddress
  let sink: any HTTPResponseSink
  private let control = Mutex(Control())

  /// The loop that works on it, from start to end.
  var loop: TransferLoop?
  /// Its place among the loop's transfers.
  var index = 0
  var deadline: Deadline
  /// Set while libcurl has it.
  var easy: EasyHandle?
  var headers: HeaderList?
  /// Differs from the request's after a redirect.
  var url: String
  var hops = 0
  var body: BodyReader
  var parser = ResponseHeadParser()
  var redirect: Redirect?
  var head: HTTPResponseHead? {
    didSet { isStream = head?.isStream ?? false }
  }
  var ending: Ending?
  /// Bytes of the body since the loop last told the sink that everything that had arrived is received.
  var received = 0
  /// Whether the body comes in events or lines as they are made.
  private var isStream = false
  /// Something that the exchange is about had come before the last time that it received anything.
  var isPastBeginning = false

  /// - Parameter address: that of the request's URL.
  init(_ request: HTTPRequest, at address: WebAddress, sink: any HTTPResponseSink) throws(HTTPError) {
    try request.checkHeaders()
    self.address = address
    self.request = request
    self.sink = sink
    url = request.url
    body = BodyReader(request.body)
    deadline = Deadline(request.timeouts, start: Monotonic.now())
  }

  /// Hands the exchange to a loop in which it has a place; the continuation is resumed once, at its end.
  func start(on loop: TransferLoop, _ continuation: CheckedContinuation<Outcome, Never>) {
    let isStarted = control.withLock { control in
      guard !control.isCancelled, loop.post(.start(self)) else { return false }
      control.loop = loop
      control.continuation = continuation
      return true
    }
    guard !isStarted else { return }
    loop.givePlaceBack()
    continuation.resume(returning: .failure(.cancelled(address)))
  }

  /// From any thread, at any time: before it starts and after its end too.
  func cancel() {
    let loop = control.withLock { control in
      control.isCancelled = true
      return control.loop
    }
    _ = loop?.post(.cancel(self))
  }

  func finish(_ outcome: Outcome) {
    let continuation = control.withLock { control in
      control.loop = nil
      defer { control.continuation = nil }
      return control.continuation
    }
    continuation?.resume(returning: outcome)
  }

  /// Whether its body goes on steadily on a connection of its own: its beginning is past, so that times are taken
  /// exactly, and no more is there to be read.
  func isInMidst(receiveBuffer: Int) -> Bool {
    // Of TLS the library reads a record at a time, and leaves others where the kernel holds them back.
    isStream && isPastBeginning && !deadline.isComplete && !address.isSecure
      && received < receiveBuffer * 3 / 4
  }

  /// Prepares for the redirect that the last response asked for.
  func follow(_ target: Redirect) {
    url = target.url
    hops += 1
    redirect = nil
    parser = ResponseHeadParser()
    _ = body.seek(to: 0)
  }

  /// What came of it, once libcurl is done with it.
  func outcome(of code: CURLcode) -> Outcome {
    switch ending {
    case .stopped?: break
    case .failed(let error)?: return .failure(error)
    case nil where code != CURLE_OK: return .failure(.libcurl(code, in: self))
    case nil: break
    }
    guard let head else { return .failure(.libcurl(CURLE_WEIRD_SERVER_REPLY, in: self)) }
    return .success(head)
  }
}
