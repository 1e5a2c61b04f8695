// SPDX-License-Identifier: MIT

#if os(Linux)
import CCurl

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The receive low-water marks of sockets (`SO_RCVLOWAT`, socket(7)): while one is raised, the kernel reports the
/// socket only once so many bytes have come, or its end. Of a thousand streams of small events, less than half as many
/// pieces are received that way. What ends a reply is mostly longer than an event in its midst, and so is seen at once;
/// bytes that are fewer wait about as long as four events of that stream take.
///
/// Times are `Monotonic`.
struct LowWaterMarks {
  private struct Look {
    var time: UInt64
    /// How long bytes below the raised mark may wait; nil while the mark is 1.
    var patience: UInt64?

    func isOverdue(at now: UInt64) -> Bool { patience.map { time + $0 <= now } ?? false }
  }

  /// Bytes: two or three usual events of a stream.
  private static let raised: Int32 = 512
  /// A stream whose events are further apart costs little as it is.
  private static let slowest: UInt64 = 60_000_000
  private static let patience: ClosedRange<UInt64> = 80_000_000...160_000_000
  /// How often to look for what is overdue.
  static let interval: UInt64 = 20_000_000

  /// The sockets that are waited for, and when they were last looked at. A number that is not among them may be
  /// somebody else's by now.
  private var looks: [curl_socket_t: Look] = [:]
  private var raisedCount = 0

  /// Whether bytes may be waiting below a mark.
  var mayHoldBack: Bool { raisedCount > 0 }

  mutating func begin(_ socket: curl_socket_t) { looks[socket] = Look(time: 0) }

  /// To be called while the socket is still open.
  mutating func end(_ socket: curl_socket_t) {
    lower(socket)
    looks[socket] = nil
  }

  /// Notes a look at a socket, where, when `mayGather`, the next bytes may wait for more.
  mutating func note(_ socket: curl_socket_t, mayGather: Bool, at now: UInt64) {
    guard let last = looks[socket] else { return }
    looks[socket]?.time = now
    let gap = now &- last.time
    if !mayGather {
      lower(socket)
    } else if last.patience == nil, gap <= Self.slowest {
      set(
        socket, Self.raised, patience: min(max(4 * gap, Self.patience.lowerBound), Self.patience.upperBound))
      raisedCount += 1
    }
  }

  /// Lowers the marks below which bytes may have waited long enough, so that the kernel reports the next ones at
  /// once; returns the sockets that have some.
  mutating func lowerOverdue(at now: UInt64) -> [curl_socket_t] {
    let overdue = looks.filter { $0.value.isOverdue(at: now) }.map(\.key)
    for socket in overdue { lower(socket) }
    return overdue.filter(Self.hasBytes)
  }

  private mutating func lower(_ socket: curl_socket_t) {
    guard looks[socket]?.patience != nil else { return }
    set(socket, 1, patience: nil)
    raisedCount -= 1
  }

  private mutating func set(_ socket: curl_socket_t, _ mark: Int32, patience: UInt64?) {
    var mark = mark
    setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &mark, socklen_t(MemoryLayout<Int32>.size))
    looks[socket]?.patience = patience
  }

  private static func hasBytes(_ socket: curl_socket_t) -> Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
  }
}
#endif
