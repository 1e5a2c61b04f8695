// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// Does the blocking work of all records of a process on threads of its own, so that a slow disk holds up no
/// conversation but the one that waits for it.
///
/// Every file has one of a few lanes, in which writes are made one after another. What is to be brought to the disk
/// waits for a while, or until somebody waits for it, and then all that has come together is taken: first the system is
/// told to begin with all of it, then each file is waited for. So most file systems put it into one commit, which
/// makes a thousand conversations as cheap as a few.
public final class RecordStore: Sendable {
  /// Longest time that a file waits for others on the way to the disk: less than most replies take, so that
  /// it is there before the next record.
  private static let patience = DispatchTimeInterval.milliseconds(400)

  /// What to do once a file is on the disk.
  private typealias Waiting = (file: RecordFile, done: @Sendable (RecordError?) -> Void)

  private struct Line {
    var waiting: [Waiting] = []
    /// Nobody is to be patient any longer.
    var isUrgent = false
  }

  private final class Lane: Sendable {
    let writes: DispatchQueue
    let syncs: DispatchQueue
    let line = Mutex(Line())

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
      whenSynced(file) { [self] problem in
        if let problem { return continuation.resume(returning: problem) }
        lane(of: file).writes.async { [self] in
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
  func settle(_ file: RecordFile) async throws(RecordError) {
    let problem = await withCheckedContinuation { (continuation: CheckedContinuation<RecordError?, Never>) in
      whenSynced(file) { continuation.resume(returning: $0) }
    }
    if let problem { throw problem }
  }

  /// Calls back once nothing of the file is on its way to the disk, which is hurried.
  private func whenSynced(_ file: RecordFile, _ next: @escaping @Sendable (RecordError?) -> Void) {
    if !file.whenSynced(next) { hurry(lane(of: file)) }
  }

  /// Brings a file to the disk, together with others.
  private func bring(
    _ file: RecordFile, isUrgent: Bool, _ done: @escaping @Sendable (RecordError?) -> Void
  ) {
    let lane = lane(of: file)
    let isFirst = lane.line.withLock { line in
      line.waiting.append((file, done))
      return line.waiting.count == 1
    }
    if isUrgent {
      hurry(lane)
    } else if isFirst {
      lane.syncs.asyncAfter(deadline: .now() + Self.patience) { self.sync(lane) }
    }
  }

  private func hurry(_ lane: Lane) {
    let isFirst = lane.line.withLock { line in
      defer { line.isUrgent = true }
      return !line.isUrgent
    }
    if isFirst { lane.syncs.async { self.sync(lane) } }
  }

  /// Brings to the disk what waits for it.
  private func sync(_ lane: Lane) {
    let waiting = lane.line.withLock { line in
      defer { line = Line() }
      return line.waiting
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
