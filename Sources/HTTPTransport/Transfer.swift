// SPDX-License-Identifier: MIT

import CCurl
import Synchronization

/// One exchange, from preparation to end. Its loop keeps it alive while libcurl has a pointer to it.
///
/// `@unchecked Sendable`: `control` has a lock; only the loop's thread touches the other mutable state.
final class Transfer: @unchecked Sendable {
  typealias Outcome = Result<HTTPResponseHead, HTTPError>
  typealias Continuation = CheckedContinuation<Outcome, Never>

  /// How an exchange ends if that is decided while libcurl still processes it.
  enum Ending {
    case stopped
    case failed(HTTPError)
  }

  private struct Control {
    var isCancelled = false
    var loop: TransferLoop?
    /// Taken out under the lock and then resumed, so that it is resumed once.
    var continuation: Continuation?
  }

  /// Without the request's body, which is in `body`.
  let request: HTTPRequest
  let address: WebAddress
  let sink: any HTTPResponseSink
  private let control = Mutex(Control())

  /// The loop that runs this exchange; nil before it starts and after it ends.
  var loop: TransferLoop?
  /// Index in the loop's `transfers`.
  var index = 0
  var deadline: Deadline
  /// Set while libcurl works on the exchange.
  var easy: EasyHandle?
  /// Differs from the request's URL after a redirect.
  var url: String
  var hops = 0
  var body: UploadBody
  var parser = ResponseHeadParser()
  var redirect: Redirect?
  var head: HTTPResponseHead?
  var ending: Ending?
  /// No file of certificate authorities was found for it.
  var lacksAuthorities = false
  /// Body bytes have arrived since the loop last called the sink's `receivePause`.
  var hasReceived = false

  /// - Parameter address: the address of the request's URL.
  init(
    _ request: consuming HTTPRequest, at address: WebAddress, sink: any HTTPResponseSink
  ) throws(HTTPError) {
    try request.headers.check()
    body = UploadBody(request.body)
    request.body = []
    self.address = address
    self.request = request
    self.sink = sink
    url = self.request.url
    deadline = Deadline(self.request.timeouts, start: Monotonic.now())
  }

  /// Hands the exchange to a loop with a place reserved for it. The continuation is resumed once, at the end.
  func start(on loop: TransferLoop, _ continuation: Continuation) {
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

  /// May be called from any thread at any time, also before the start and after the end.
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

  /// Prepares to follow the redirect in the last response.
  func follow(_ target: Redirect) {
    url = target.url
    hops += 1
    redirect = nil
    parser = ResponseHeadParser()
    _ = body.seek(to: 0)
  }

  /// Releases the body once all of it is sent, unless libcurl may have to send it again. Over HTTP/2, that
  /// can happen even after a response head (`HTTP_1_1_REQUIRED`).
  func dropBody() {
    guard parser.isMultiplexed == false, let easy, easy.getOffset(CURLINFO_SIZE_UPLOAD_T) >= body.count else {
      return
    }
    body.drop()
  }

  /// The result of the exchange after libcurl has finished with this code.
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
