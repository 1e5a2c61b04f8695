// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

typealias EventLoop = HTTPTransport.Configuration.EventLoop

extension HTTPTransport {
  convenience init(_ eventLoop: EventLoop, _ change: (inout Configuration) -> Void = { _ in }) {
    var configuration = Configuration()
    configuration.eventLoop = eventLoop
    change(&configuration)
    self.init(configuration: configuration)
  }

  /// The error that an exchange ends with; nil when there is none.
  func failure(
    of request: HTTPRequest, to sink: any HTTPResponseSink = Recorder(), abort: HTTPAbort? = nil
  ) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await send(request, to: sink, abort: abort)
      return nil
    } catch {
      return error
    }
  }
}

extension Trait where Self == TimeLimitTrait {
  /// The deadline of whatever a test waits for.
  static var deadline: Self { .timeLimit(.minutes(1)) }
}
