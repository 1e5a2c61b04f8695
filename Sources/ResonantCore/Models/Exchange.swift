// SPDX-License-Identifier: MIT

import HTTPTransport

/// One request and what comes of it.
final class Exchange {
  let request: HTTPRequest
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
  func run(over transport: HTTPTransport) async {
    guard live.verdict == nil else { return }
    let abort = HTTPAbort()
    live.onCut { abort.trigger() }
    do throws(HTTPError) {
      _ = try await transport.send(request, to: sink, abort: abort)
    } catch {
      failure = error
    }
    live.onCut(nil)
  }
}
