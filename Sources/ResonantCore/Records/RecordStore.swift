// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// Does the blocking work of all records of a process on threads of its own, so that a slow disk holds up no
/// conversation but the one that waits for it.
///
/// Every file has one of a few lanes, in which writes are made one after another. Files that wait to be brought to
/// the disk are taken together: first the system is told to begin with all of them, then each is waited for. So most
/// file systems put them into one commit, which makes a thousand conversations as cheap as a few.
public final class RecordStore: Sendable {
  /// What to do once a file is on the disk.
  private typealias Waiting = (file: RecordFile, done: @Sendable (RecordError?) -> Void)

  private final class Lane: Sendable {
    let writes: DispatchQueue
    let syncs: DispatchQueue
    let waiting = Mutex<[Waiting]>([])

    init(_ index: Int) {
      writes = DispatchQueue(label: "records.write.\(index)")
      syncs = DispatchQueue(label: "records.sync.\(index)")
    }
  }

  private let lanes = (0..<4).map(Lane.init)
  private let turn = Atomic(0)

  public init() {}

  private func lane(of file: RecordFile) -> Lane {
    lanes[Int(UInt(bitPattern: ObjectIdentifier(file).hashValue) % UInt(lanes.count))]
  }

  /// Does something blocking in any lane.
  func perform<Value: Sendable>(
    _ work: @escaping @Sendable () throws(RecordError) -> Value
  ) async throws(RecordError) -> Value {
    let lane = lanes[turn.add(1, ordering: .relaxed).newValue & (lanes.count - 1)]
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, RecordError>, Never>) in
      lane.writes.async {
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
      file.whenSynced { [self] problem in
        if let problem { return continuation.resume(returning: problem) }
        lane(of: file).writes.async { [self] in
          do throws(RecordError) {
            try file.append(lines)
          } catch {
            return continuation.resume(returning: error)
          }
          switch sync {
          case .none: break
          case .ahead: return bring(file) { continuation.resume(returning: $0) }
          case .behind:
            file.beginSync()
            bring(file) { file.endSync($0) }
          }
          continuation.resume(returning: nil)
        }
      }
    }
    if let problem { throw problem }
  }

  /// Waits until everything that was appended is on the disk where it was to be.
  func settle(_ file: RecordFile) async throws(RecordError) {
    let problem = await withCheckedContinuation { (continuation: CheckedContinuation<RecordError?, Never>) in
      file.whenSynced { continuation.resume(returning: $0) }
    }
    if let problem { throw problem }
  }

  /// Brings a file to the disk.
  private func bring(_ file: RecordFile, _ done: @escaping @Sendable (RecordError?) -> Void) {
    let lane = lane(of: file)
    let isFirst = lane.waiting.withLock { waiting in
      waiting.append((file, done))
      return waiting.count == 1
    }
    guard isFirst else { return }
    lane.syncs.async {
      let waiting = lane.waiting.withLock { waiting in
        defer { waiting = [] }
        return waiting
      }
      if waiting.count > 1 { for (file, _) in waiting { file.beginWriteback() } }
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
}
