// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// Does the blocking work of all records of a process on two threads of its own, one for writing and one for bringing
/// files to the disk, so that a slow disk holds up no conversation but the one that waits for it.
///
/// What is to be brought to the disk waits for a while, or until somebody waits for it, and then all files that have
/// come together are synced one after another. Most file systems put them into one commit, which makes a thousand
/// conversations as cheap as a few.
public final class RecordStore: Sendable {
  /// Longest time that a file waits for others on the way to the disk: less than most replies take, so that
  /// it is there before the next record.
  private static let patience = DispatchTimeInterval.milliseconds(400)

  private struct Line {
    /// The files, and what to do once each is on the disk.
    var waiting: [(file: RecordFile, done: @Sendable (RecordError?) -> Void)] = []
    /// Nobody is to be patient any longer.
    var isUrgent = false
  }

  private let writes = DispatchQueue(label: "records.write")
  private let syncs = DispatchQueue(label: "records.sync")
  private let line = Mutex(Line())

  public init() {}

  /// Does something blocking.
  func perform<Value: Sendable>(
    _ work: @escaping @Sendable () throws(RecordError) -> Value
  ) async throws(RecordError) -> Value {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, RecordError>, Never>) in
      writes.async {
        do throws(RecordError) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  /// How an append is to be brought to the disk.
  enum Sync: Sendable {
    case none
    /// While the conversation goes on; what is appended next waits for it.
    case behind
    /// Before the append returns.
    case ahead
  }

  /// Appends whole lines with one write, once what was appended before is on the disk where it was to be.
  ///
  /// Callers that need an order wait for each call. Throws what went wrong with this write, or with bringing the
  /// one before it to the disk.
  func append(_ lines: [UInt8], to file: RecordFile, _ sync: Sync) async throws(RecordError) {
    let problem = await withCheckedContinuation { (continuation: CheckedContinuation<RecordError?, Never>) in
      whenSynced(file) { [self] problem in
        if let problem { return continuation.resume(returning: problem) }
        writes.async { [self] in
          do throws(RecordError) {
            try file.append(lines)
          } catch {
            return continuation.resume(returning: error)
          }
          switch sync {
          case .none: break
          case .ahead: return bring(file, isUrgent: true) { continuation.resume(returning: $0) }
          case .behind:
            file.beginSync()
            bring(file, isUrgent: false) { file.endSync($0) }
          }
          continuation.resume(returning: nil)
        }
      }
    }
    if let problem { throw problem }
  }

  /// Waits until everything that was appended is on the disk where it was to be.
  func waitUntilSynced(_ file: RecordFile) async throws(RecordError) {
    let problem = await withCheckedContinuation { (continuation: CheckedContinuation<RecordError?, Never>) in
      whenSynced(file) { continuation.resume(returning: $0) }
    }
    if let problem { throw problem }
  }

  /// Calls back once nothing of the file is on its way to the disk, which is hurried.
  private func whenSynced(_ file: RecordFile, _ next: @escaping @Sendable (RecordError?) -> Void) {
    if !file.whenSynced(next) { hurry() }
  }

  /// Brings a file to the disk, together with others.
  private func bring(
    _ file: RecordFile, isUrgent: Bool, _ done: @escaping @Sendable (RecordError?) -> Void
  ) {
    let isFirst = line.withLock { line in
      line.waiting.append((file, done))
      return line.waiting.count == 1
    }
    if isUrgent {
      hurry()
    } else if isFirst {
      syncs.asyncAfter(deadline: .now() + Self.patience) { self.sync() }
    }
  }

  private func hurry() {
    let isFirst = line.withLock { line in
      defer { line.isUrgent = true }
      return !line.isUrgent
    }
    if isFirst { syncs.async { self.sync() } }
  }

  /// Brings to the disk what waits for it.
  private func sync() {
    let waiting = line.withLock { line in
      defer { line = Line() }
      return line.waiting
    }
    for (file, done) in waiting {
      do throws(RecordError) {
        try file.sync()
        done(nil)
      } catch {
        done(error)
      }
    }
  }
}
