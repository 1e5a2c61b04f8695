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

  /// Marks of a socket that has been looked at, and at what time.
  private func marks(of socket: Int32, lookedAt time: UInt64) -> LowWaterMarks {
    var marks = LowWaterMarks()
    marks.begin(socket)
    marks.note(socket, nil, at: time)
    return marks
  }

  @Test func `a mark is raised in the midst of a body and lowered at its end`() throws {
    try withPair { socket, _ in
      var marks = marks(of: socket, lookedAt: second)
      #expect(mark(of: socket) == 1)
      marks.note(socket, Gathered(bytes: 200), at: second + 20 * millisecond)
      #expect((401...600).contains(mark(of: socket)) && marks.mayHoldBack)
      marks.note(socket, nil, at: second + 40 * millisecond)
      #expect(mark(of: socket) == 1 && !marks.mayHoldBack)
      for time: UInt64 in [60, 80] {
        marks.note(socket, Gathered(bytes: 200), at: second + time * millisecond)
      }
      #expect(mark(of: socket) > 1)
      marks.end(socket)
      #expect(mark(of: socket) == 1 && !marks.mayHoldBack)
    }
  }

  /// Length of the first and the second event, and what the mark is to be between.
  @Test(arguments: [
    (600, 150, 301...450), (150, 600, 301...450), (300, 300, 301...600), (400, 400, 1...1),
    (1 << 40, 1 << 40, 1...1),
  ])
  func `two events wait for a third, where all fit`(first: Int, second: Int, range: ClosedRange<Int32>) throws
  {
    try withPair { socket, _ in
      var marks = marks(of: socket, lookedAt: self.second)
      marks.note(socket, Gathered(bytes: first), at: self.second + 100 * millisecond)
      marks.note(socket, Gathered(bytes: second), at: self.second + 200 * millisecond)
      #expect(range.contains(mark(of: socket)))
    }
  }

  @Test func `a slow stream's bytes wait for no others`() throws {
    try withPair { socket, _ in
      var marks = marks(of: socket, lookedAt: second)
      marks.note(socket, Gathered(bytes: 200), at: 2 * second)
      #expect(mark(of: socket) == 1)
    }
  }

  @Test func `a socket that is not watched any more is let alone`() throws {
    try withPair { socket, _ in
      var marks = marks(of: socket, lookedAt: second)
      marks.end(socket)
      marks.note(socket, Gathered(bytes: 200), at: second + 1 * millisecond)
      #expect(mark(of: socket) == 1 && !marks.mayHoldBack)
    }
  }

  @Test func `bytes below a mark wait as long as five pieces take`() throws {
    try withPair { socket, other in
      var marks = marks(of: socket, lookedAt: second)
      marks.note(socket, Gathered(bytes: 200), at: second + 30 * millisecond)
      #expect(send(other, "x", 1, 0) == 1)
      #expect(marks.lowerOverdue(at: second + 179 * millisecond) == [])
      #expect(marks.lowerOverdue(at: second + 180 * millisecond) == [socket])
      #expect(mark(of: socket) == 1)
      #expect(marks.lowerOverdue(at: second + 380 * millisecond) == [])
    }
  }

  /// One look that comes late is no slow stream.
  @Test func `how long bytes wait follows the stream's average`() throws {
    try withPair { socket, other in
      var marks = marks(of: socket, lookedAt: second)
      marks.note(socket, Gathered(bytes: 200), at: second + 20 * millisecond)
      marks.note(socket, Gathered(bytes: 1600), at: second + 180 * millisecond)
      #expect(mark(of: socket) > 1 && marks.isRaised(socket))
      #expect(send(other, "x", 1, 0) == 1)
      #expect(marks.lowerOverdue(at: second + 279 * millisecond) == [])
      #expect(marks.lowerOverdue(at: second + 280 * millisecond) == [socket])
    }
  }

  @Test func `what fills a buffer is no event`() throws {
    try withPair { socket, _ in
      var marks = marks(of: socket, lookedAt: second)
      marks.note(socket, Gathered(bytes: 900, fillsBuffer: true), at: second + 20 * millisecond)
      #expect(mark(of: socket) == 1)
      marks.note(socket, Gathered(bytes: 200), at: second + 40 * millisecond)
      #expect((401...600).contains(mark(of: socket)))
    }
  }

  @Test func `the mark of a silent socket is lowered, too`() throws {
    try withPair { socket, _ in
      var marks = marks(of: socket, lookedAt: second)
      marks.note(socket, Gathered(bytes: 200), at: second + 30 * millisecond)
      #expect(marks.lowerOverdue(at: second + 180 * millisecond) == [])
      #expect(mark(of: socket) == 1)
    }
  }

  private let second: UInt64 = 1_000_000_000
  private let millisecond: UInt64 = 1_000_000
}
#endif
