// SPDX-License-Identifier: MIT

import HTTPTransport

/// One request, to be sent once, and what comes of it.
final class Exchange {
  private var request: HTTPRequest
  let live: LiveReply
  let asksForUsage: Bool
  let sink: ReplySink
  /// Why there was no whole response, once it has run.
  private(set) var failure: HTTPError?

  init(_ request: HTTPRequest, into live: LiveReply, asksForUsage: Bool) {
    self.request = request
    self.live = live
    self.asksForUsage = asksForUsage
    sink = ReplySink(into: live)
  }

  /// Sends the request, unless the reply is cut already, and receives the response.
  ///
  /// Not inlined, nor is what happens before and after it, for the frames in which thousands of replies are waited for.
  @inline(never)
  func run(over transport: HTTPTransport) async {
    let abort = HTTPAbort()
    guard begin(abort) else { return }
    do throws(HTTPError) {
      _ = try await transport.send(take(), to: sink, abort: abort)
    } catch {
      failure = error
    }
    live.onCut(nil)
  }

  /// False when the reply is cut already.
  @inline(never)
  private func begin(_ abort: HTTPAbort) -> Bool {
    guard live.verdict == nil else { return false }
    live.onCut { abort.trigger() }
    return true
  }

  /// Hands out the request, so that nobody holds its body any longer than the transport does.
  @inline(never)
  private func take() -> HTTPRequest {
    defer { request.body = [] }
    return request
  }
}
