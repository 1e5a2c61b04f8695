// SPDX-License-Identifier: MIT

import ResonantCore
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct TrialLockTests {
  @Test func `a trial is one holder's until the holder is gone`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString).jsonl")
      .path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(!TrialLock.isTaken(path))
    var lock = try TrialLock.take(path)
    #expect(lock != nil)
    #expect(TrialLock.isTaken(path))
    let second = try TrialLock.take(path)
    #expect(second == nil)
    lock = nil
    #expect(!TrialLock.isTaken(path))
    lock = try TrialLock.take(path)
    #expect(lock != nil)
  }

  @Test func `a lock that can't be taken is an error that names the file`() {
    let error = #expect(throws: InvalidValue.self) { try TrialLock.take("/nowhere/at/all.jsonl") }
    #expect(error?.description.contains("/nowhere/at/all.jsonl") == true)
  }
}
