// SPDX-License-Identifier: MIT

import Foundation

/// Lets only so many tests at a time run programs, so that tests in parallel keep their deadlines.
///
/// A slot belongs to a directory, which stands for a test: whoever runs one program may start another at once, and
/// so never waits for somebody who waits for it.
actor Slots {
  /// One for each processor.
  static let processors = Slots(max(2, ProcessInfo.processInfo.activeProcessorCount))

  private var free: Int
  /// How many programs run in each directory that has a slot.
  private var running: [String: Int] = [:]
  private var waiting: [(directory: String, continuation: CheckedContinuation<Void, Never>)] = []

  init(_ count: Int) {
    free = count
  }

  func take(for directory: String) async {
    if let count = running[directory] {
      running[directory] = count + 1
    } else if free > 0 {
      free -= 1
      running[directory] = 1
    } else {
      await withCheckedContinuation { waiting.append((directory, $0)) }
    }
  }

  func giveBack(for directory: String) {
    guard let count = running[directory] else { return }
    running[directory] = count > 1 ? count - 1 : nil
    guard count == 1 else { return }
    guard let next = waiting.first?.directory else {
      free += 1
      return
    }
    let admitted = waiting.filter { $0.directory == next }
    waiting.removeAll { $0.directory == next }
    running[next] = admitted.count
    for one in admitted { one.continuation.resume() }
  }
}
