// SPDX-License-Identifier: MIT

#if os(Linux)
import CCurl

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The receive low-water marks of sockets (`SO_RCVLOWAT`, socket(7)): while one is raised, the kernel reports the
/// socket only once so many bytes have come, or its end. Of a thousand streams of small events, a third as many
/// pieces are received that way. What ends a reply is mostly longer than two events in its midst, and so is seen at
/// once; bytes that are fewer wait about as long as five events of that stream take.
///
/// Times are `Monotonic`.
struct LowWaterMarks {
  private struct Look {
    var time: UInt64
    /// Since when events of the same stream come, and the bytes that have come since then.
    var start: UInt64?
    var bytes: UInt64 = 0
    /// The least bytes that came between two looks: an event, or a few.
    var least = UInt64.max
    /// How long bytes below the raised mark may wait; nil while the mark is 1.
    var patience: UInt64?

    func isOverdue(at now: UInt64) -> Bool { patience.map { time + $0 <= now } ?? false }

    /// Counts what has come since the last look in the midst of a stream.
    mutating func add(_ gathered: Gathered) {
      if !gathered.fillsBuffer { least = min(least, UInt64(gathered.bytes)) }
      if start == nil { (start, bytes) = (time, 0) }
      bytes += UInt64(gathered.bytes)
    }

    /// The time from one event to the next, on an average; nil while it is not known.
    var gap: UInt64? {
      guard let start, bytes > 0, least < .max else { return nil }
      return (time - start) / max(1, bytes / max(1, least))
    }
  }

  /// Bytes of events that are received at once among many exchanges: three quarters of a receive buffer, less what
  /// HTTP wraps them in.
  private static let room: UInt64 = 700
  /// A stream whose events are further apart costs little as it is.
  private static let slowest: UInt64 = 120_000_000
  private static let patience: ClosedRange<UInt64> = 100_000_000...480_000_000
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

  /// Notes a look at a socket, and what had come there in the midst of a stream, where the next bytes may wait for
  /// more; nil when nothing may wait there. Where the mark is raised, nothing is left to be read.
  mutating func note(_ socket: curl_socket_t, _ gathered: Gathered?, at now: UInt64) {
    guard var look = looks[socket] else { return }
    if let gathered { look.add(gathered) } else { look.start = nil }
    look.time = now
    let gap = look.gap
    if look.patience != nil, let gap { look.patience = Self.patience(for: gap) }
    looks[socket] = look
    guard let gathered else { return lower(socket) }
    guard look.patience == nil, !gathered.fillsBuffer, let gap, gap <= Self.slowest,
      let mark = Self.mark(above: look.least)
    else { return }
    set(socket, mark, patience: Self.patience(for: gap))
    raisedCount += 1
  }

  private static func patience(for gap: UInt64) -> UInt64 {
    min(max(5 * gap, patience.lowerBound), patience.upperBound)
  }

  func isRaised(_ socket: curl_socket_t) -> Bool { looks[socket]?.patience != nil }

  /// More than two events of that length, or than one where three would be too many to be received at once. Their
  /// lengths differ a little, and HTTP wraps each.
  private static func mark(above event: UInt64) -> Int32? {
    guard event <= room / 2 else { return nil }
    return Int32((3 * event <= room ? 2 : 1) * event + event / 8 + 8)
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

  static func hasBytes(_ socket: curl_socket_t) -> Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
  }
}
#endif
