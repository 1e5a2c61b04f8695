// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

@testable import ResonantCore

struct EndlessBodyTests {
  @Test func `the body of an error is not read for ever`() {
    let sink = ReplySink(into: LiveReply())
    sink.receive(head: HTTPResponseHead(status: 500, headers: []))
    let piece = [UInt8](repeating: 0x78, count: ReplySink.errorLimit / 2)
    var isStopped: [Bool] = []
    for _ in 0..<2 {
      piece.withUnsafeBytes { bytes in
        if case .stop = sink.receive(body: bytes) { isStopped.append(true) } else { isStopped.append(false) }
      }
    }
    #expect(isStopped == [false, true])
    #expect(sink.finish().errorBody.count == ReplySink.errorLimit)
  }

  @Test func `arguments of a tool call stop growing`() {
    var assembly = ToolCallAssembly()
    let piece = String(repeating: "x", count: ToolCallAssembly.argumentsLimit / 2)
    for _ in 0..<5 { assembly.add(ToolCallDelta(index: 0, name: "endless", arguments: piece)) }
    #expect(assembly.calls.map(\.arguments.utf8.count) == [ToolCallAssembly.argumentsLimit])
  }
}
