// SPDX-License-Identifier: MIT

#if os(Linux)
import Foundation
import Testing

@testable import HTTPTransport

struct LowWaterMarkTests {
  /// Two sockets that are connected with each other, closed after the test.
  private func withPair(_ body: (Int32, Int32) throws -> Void) throws {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
      throw SocketError(call: "socketpair")
    }
    defer { for socket in pair { close(socket) } }
    try body(pair[0], pair[1])
  }

  private func mark(of socket: Int32) -> Int32 {
    var (bytes, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    getsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, &length)
    return bytes
  }

  @Test func `a mark is raised in the midst of a body and lowered at its end`() throws {
    try withPair { socket, _ in
      var marks = LowWaterMarks()
      marks.begin(socket)
      marks.note(socket, mayGather: false, at: 0)
      #expect(mark(of: socket) == 1)
      marks.note(socket, mayGather: true, at: 0)
      #expect(mark(of: socket) > 1)
      marks.note(socket, mayGather: false, at: 0)
      #expect(mark(of: socket) == 1)
      marks.note(socket, mayGather: true, at: 0)
      marks.end(socket)
      #expect(mark(of: socket) == 1)
    }
  }

  @Test func `a socket that is not watched any more is let alone`() throws {
    try withPair { socket, _ in
      var marks = LowWaterMarks()
      marks.begin(socket)
      marks.end(socket)
      marks.note(socket, mayGather: true, at: 0)
      #expect(mark(of: socket) == 1)
      #expect(marks.isEmpty)
    }
  }

  @Test func `bytes below a mark are overdue in time`() throws {
    try withPair { socket, other in
      var marks = LowWaterMarks()
      marks.begin(socket)
      marks.note(socket, mayGather: true, at: 5)
      #expect(marks.overdue(at: 5 + LowWaterMarks.patience) == [])
      #expect(send(other, "x", 1, 0) == 1)
      #expect(marks.overdue(at: 4 + LowWaterMarks.patience) == [])
      #expect(marks.overdue(at: 5 + LowWaterMarks.patience) == [socket])
    }
  }
}
#endif
