// SPDX-License-Identifier: MIT

/// When an exchange has been silent for too long. Times are `Monotonic`.
struct Deadline {
  private let firstByte: UInt64?
  private let idle: UInt64?
  private var mark: UInt64
  private(set) var hasProgress = false
  /// The exchange is over at that moment, whatever still comes.
  private var last: UInt64?

  init(_ timeouts: HTTPRequest.Timeouts, start: UInt64) {
    firstByte = timeouts.firstByte.map { UInt64($0.wholeMilliseconds) * 1_000_000 }
    idle = timeouts.idle.map { UInt64($0.wholeMilliseconds) * 1_000_000 }
    mark = start
  }

  /// The moment at which it is over unless there is progress before.
  var time: UInt64 {
    if let last { return last }
    guard let span = hasProgress ? idle : firstByte else { return .max }
    return mark + span
  }

  /// True the first time, when the deadline may come nearer; from then on it only moves away.
  mutating func progress(at now: UInt64) -> Bool {
    mark = now
    if hasProgress { return false }
    hasProgress = true
    return true
  }

  /// Nothing is missing any more but the end of the body.
  var isComplete: Bool { last != nil }

  mutating func complete(at now: UInt64, within time: Duration) {
    last = now + UInt64(time.wholeMilliseconds) * 1_000_000
  }
}
