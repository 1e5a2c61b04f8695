// SPDX-License-Identifier: MIT

/// When the timeouts of an exchange expire. Times are `Monotonic`.
struct Deadline {
  private let firstByte: UInt64?
  private let idle: UInt64?
  private var mark: UInt64
  private(set) var hasProgress = false
  /// When a complete exchange ends, whether or not more data arrives.
  private var last: UInt64?

  init(_ timeouts: HTTPRequest.Timeouts, start: UInt64) {
    firstByte = timeouts.firstByte.map { UInt64($0.wholeMilliseconds) * 1_000_000 }
    idle = timeouts.idle.map { UInt64($0.wholeMilliseconds) * 1_000_000 }
    mark = start
  }

  /// When the exchange times out unless it makes progress first.
  var time: UInt64 {
    if let last { return last }
    guard let span = hasProgress ? idle : firstByte else { return .max }
    return mark + span
  }

  /// Returns true the first time, when the deadline may move closer; later calls only move it away.
  mutating func progress(at now: UInt64) -> Bool {
    mark = now
    if hasProgress { return false }
    hasProgress = true
    return true
  }

  /// Only the end of the body is still missing.
  var isComplete: Bool { last != nil }

  mutating func complete(at now: UInt64, within time: Duration) {
    last = now + UInt64(time.wholeMilliseconds) * 1_000_000
  }
}
