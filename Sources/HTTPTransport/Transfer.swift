// SPDX-License-Identifier: MIT

import CCurl
import Synchronization

/// One exchange from its preparation to its end. Its loop keeps it alive for as long as libcurl has its address.
///
/// `@unchecked Sendable`: `control` has a lock; what is mutable beside it is touched only by the loop's thread.
final class Transfer: @unchecked Sendable {
  typealias Outcome = Result<HTTPResponseHead, HTTPError>
  typealias Continuation = CheckedContinuation<Outcome, Never>

  /// How an exchange ends, decided while libcurl still works on it.
  enum Ending {
    case stopped
    case failed(HTTPError)
  }

  private struct Control {
    var isCancelled = false
    var loop: TransferLoop?
    /// Resumed by whoever takes it out of here.
    var continuation: Continuation?
  }

  /// Without its body, which `body` has.
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
  /// Differs from the request's after a redirect.
  var url: String
  var hops = 0
  var body: UploadBody
  var parser = ResponseHeadParser()
  var redirect: Redirect?
  var head: HTTPResponseHead?
  var ending: Ending?
  /// Something of the body has come since the loop last told the sink that everything that had arrived is received.
  var hasReceived = false

  /// - Parameter address: that of the request's URL.
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

  /// Hands the exchange to a loop in which it has a place; the continuation is resumed once, at its end.
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

  /// Prepares for the redirect that the last response asked for.
  func follow(_ target: Redirect) {
    url = target.url
    hops += 1
    redirect = nil
    parser = ResponseHeadParser()
    _ = body.seek(to: 0)
  }

  /// Gives up the body once all of it is sent, and the response is none that has it sent again. Over HTTP/2 libcurl may
  /// do that even after a head (`HTTP_1_1_REQUIRED`).
  func dropBody() {
    guard parser.isMultiplexed == false, let easy, easy.getOffset(CURLINFO_SIZE_UPLOAD_T) >= body.count else {
      return
    }
    body.drop()
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
