// SPDX-License-Identifier: MIT

import HTTPTransport

/// One request, to be sent once, and what comes of it.
final class Exchange {
  private var request: HTTPRequest?
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
    guard let transfer = begin(over: transport) else { return }
    do throws(HTTPError) {
      try await transport.perform(transfer)
    } catch {
      failure = error
    }
    live.onCut(nil)
  }

  /// Nil when the reply is cut already, or the request is none that can be sent. Nobody holds the request's body any
  /// longer than the transport does.
  @inline(never)
  private func begin(over transport: HTTPTransport) -> Transfer? {
    guard live.verdict == nil, let request else { return nil }
    self.request = nil
    let abort = HTTPAbort()
    do throws(HTTPError) {
      let transfer = try transport.prepare(request, to: sink, abort: abort)
      live.onCut { abort.trigger() }
      return transfer
    } catch {
      failure = error
      return nil
    }
  }
}
