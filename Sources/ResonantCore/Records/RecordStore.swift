// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// Does the blocking file operations of all records of a process on two threads, one for writing and one for
/// syncing, so that a slow disk delays only the conversations that wait for it.
///
/// Files to be synced are collected for a while, or until a caller waits for one of them, and are then synced
/// one after another. Most file systems combine these syncs in one commit, so that a thousand conversations
/// cost as little as a few.
public final class RecordStore: Sendable {
  /// How long a file may wait for others before it is synced: less than most replies take, so that the sync
  /// is over before the next record.
  private static let patience = DispatchTimeInterval.milliseconds(400)

  private struct Line {
    /// The files, and a callback for each once it is synced.
    var waiting: [(file: RecordFile, done: @Sendable (RecordError?) -> Void)] = []
    /// A caller is waiting, so nothing may be delayed any more.
    var isUrgent = false
  }

  private let writes = DispatchQueue(label: "records.write")
  private let syncs = DispatchQueue(label: "records.sync")
  private let line = Mutex(Line())

  public init() {}

  /// Runs a blocking operation on the writing thread.
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

  /// When an append is synced to disk.
  enum Sync: Sendable {
    case none
    /// While the conversation goes on; the next append waits for the sync.
    case behind
    /// Before the append returns.
    case ahead
  }

  /// Appends whole lines with one write, after any sync of the previous append.
  ///
  /// Callers that need an order must await each call. Throws the error of this write, or of the sync of the
  /// previous append.
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

  /// Waits until all appended data that was to be synced is on disk.
  func waitUntilSynced(_ file: RecordFile) async throws(RecordError) {
    let problem = await withCheckedContinuation { (continuation: CheckedContinuation<RecordError?, Never>) in
      whenSynced(file) { continuation.resume(returning: $0) }
    }
    if let problem { throw problem }
  }

  /// Calls back once no sync of the file is pending, and makes a pending one urgent.
  private func whenSynced(_ file: RecordFile, _ next: @escaping @Sendable (RecordError?) -> Void) {
    if !file.whenSynced(next) { hurry() }
  }

  /// Queues a file for syncing together with others.
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

  /// Syncs the queued files.
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
