// SPDX-License-Identifier: MIT

import Dispatch

/// Does the blocking work of all records of a process on threads of its own, so that a slow disk holds up no
/// conversation but the one that waits for it.
///
/// Writes are made one after another. Syncs run a few at a time: file systems put those that are under way
/// together into one commit, which makes a thousand conversations as cheap as a few.
public final class RecordStore: Sendable {
  private let writes = DispatchQueue(label: "records.write")
  private let syncs = (0..<8).map { DispatchQueue(label: "records.sync.\($0)") }

  public init() {}

  /// Does something blocking in order with all writes.
  func perform<Value: Sendable>(
    _ work: @escaping @Sendable () throws(RecordError) -> Value
  ) async throws(RecordError) -> Value {
    try await Self.run(on: writes, work)
  }

  func sync(_ file: RecordFile) async throws(RecordError) {
    let lane = Int(UInt(bitPattern: ObjectIdentifier(file).hashValue) % UInt(syncs.count))
    try await Self.run(on: syncs[lane]) { () throws(RecordError) in try file.sync() }
  }

  private static func run<Value: Sendable>(
    on queue: DispatchQueue, _ work: @escaping @Sendable () throws(RecordError) -> Value
  ) async throws(RecordError) -> Value {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, RecordError>, Never>) in
      queue.async {
        do throws(RecordError) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }
}
