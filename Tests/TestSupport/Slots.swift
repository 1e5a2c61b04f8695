// SPDX-License-Identifier: MIT

import Foundation

/// Lets only so many at a time do something that needs a processor, so that tests in parallel keep their deadlines.
actor Slots {
  /// One for each processor.
  static let processors = Slots(max(2, ProcessInfo.processInfo.activeProcessorCount))

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) {
    free = count
  }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func giveBack() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
