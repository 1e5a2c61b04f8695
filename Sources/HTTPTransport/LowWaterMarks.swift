// SPDX-License-Identifier: MIT

#if os(Linux)
import CCurl

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The receive low-water marks of sockets (`SO_RCVLOWAT`, socket(7)): while one is raised, the kernel reports the
/// socket only once so many bytes have come, or its end. A thousand streams of small events cost a third of the
/// processor's time that way, and what ends a reply, which is longer than an event in its midst, is seen at once.
struct LowWaterMarks {
  /// Bytes: two or three usual events of a stream.
  private static let raised: Int32 = 512
  /// Nanoseconds that fewer bytes than that may wait.
  static let patience: UInt64 = 200_000_000

  /// Those that are waited for. A number that is not among them may be somebody else's by now.
  private var watched: Set<curl_socket_t> = []
  /// The sockets whose mark is raised, and when they were last looked at.
  private var looks: [curl_socket_t: UInt64] = [:]

  mutating func begin(_ socket: curl_socket_t) { watched.insert(socket) }

  /// To be called while the socket is still open.
  mutating func end(_ socket: curl_socket_t) {
    lower(socket)
    watched.remove(socket)
  }

  /// Notes a look at a socket, where, when `mayGather`, the next bytes may wait for more.
  mutating func note(_ socket: curl_socket_t, mayGather: Bool, at now: UInt64) {
    guard watched.contains(socket) else { return }
    guard mayGather else { return lower(socket) }
    if looks.updateValue(now, forKey: socket) == nil { Self.set(socket, Self.raised) }
  }

  private mutating func lower(_ socket: curl_socket_t) {
    if looks.removeValue(forKey: socket) != nil { Self.set(socket, 1) }
  }

  /// The sockets on which bytes have waited long enough.
  func overdue(at now: UInt64) -> [curl_socket_t] {
    looks.filter { $0.value + Self.patience <= now && Self.hasBytes($0.key) }.map(\.key)
  }

  private static func hasBytes(_ socket: curl_socket_t) -> Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
  }

  var isEmpty: Bool { looks.isEmpty }

  private static func set(_ socket: curl_socket_t, _ bytes: Int32) {
    var bytes = bytes
    setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, socklen_t(MemoryLayout<Int32>.size))
  }
}
#endif
