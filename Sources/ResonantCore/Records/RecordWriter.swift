// SPDX-License-Identifier: MIT

import Synchronization

/// Appends a conversation's records to its file.
///
/// When `append` returns, the record has been handed to the kernel: killing the process loses nothing. A
/// generated turn is also synced to disk while the conversation goes on, and the next record waits for that
/// sync; an `end` is synced before `append` returns. So a power loss costs the last turn at most.
///
/// `close`, or the end of the writer's life, releases the file's lock.
public final class RecordWriter: Sendable {
  /// The content of a file that is resumed.
  public final class Resumed: Sendable {
    public let writer: RecordWriter
    /// Nil when not even the header is complete: the conversation can start anew in this file.
    public let transcript: Transcript?
    public let warnings: [String]

    init(writer: RecordWriter, transcript: Transcript?, warnings: [String]) {
      self.writer = writer
      self.transcript = transcript
      self.warnings = warnings
    }
  }

  public let path: String
  private let file: RecordFile
  private let store: RecordStore
  private let begun: Atomic<Bool>
  private let closed = Atomic(false)

  private init(_ file: RecordFile, store: RecordStore, hasBegun: Bool) {
    path = file.path
    self.file = file
    self.store = store
    begun = Atomic(hasBegun)
  }

  /// Creates a new file; never overwrites an existing one.
  public static func create(_ path: String, store: RecordStore) async throws(RecordError) -> RecordWriter {
    let file = try await store.perform { () throws(RecordError) in
      try RecordFile(path, .new, isLocked: false)
    }
    return RecordWriter(file, store: store, hasBegun: false)
  }

  /// Opens a file to resume it, and reads it. The file stays unchanged until the first append, which cuts off
  /// an incomplete last line.
  ///
  /// - Parameter isLocked: the caller already holds the `flock` of the file.
  public static func resume(
    _ path: String, store: RecordStore, isLocked: Bool = false
  ) async throws(RecordError) -> Resumed {
    let (file, reading) = try await store.perform { () throws(RecordError) in
      let file = try RecordFile(path, .existing, isLocked: isLocked)
      let bytes = try file.contents()
      let reading = try RecordReader.read(bytes, path: path)
      if reading.length < bytes.count { file.mend(.torn(length: reading.length)) }
      if reading.lacksLineFeed { file.mend(.unterminated) }
      return (file, reading)
    }
    let writer = RecordWriter(file, store: store, hasBegun: reading.transcript != nil)
    return Resumed(writer: writer, transcript: reading.transcript, warnings: reading.warnings)
  }

  /// True once the file has a header.
  var hasBegun: Bool { begun.load(ordering: .relaxed) }

  /// Empties the file, so that a conversation can start anew in it.
  func clear() async throws(RecordError) {
    let file = file
    try await store.perform { () throws(RecordError) in try file.truncate(to: 0) }
    begun.store(false, ordering: .relaxed)
  }

  public func append(_ record: Record) async throws(RecordError) {
    try await append([record])
  }

  /// Appends several records with one write. Callers that need an order must await each call.
  public func append(_ records: [Record]) async throws(RecordError) {
    begun.store(true, ordering: .relaxed)
    try await store.append(records.reduce(into: []) { $0 += $1.line }, to: file, Self.sync(records))
  }

  private static func sync(_ records: [Record]) -> RecordStore.Sync {
    switch records.last(where: \.isSynced) {
    case nil: .none
    case .end: .ahead
    default: .behind
    }
  }

  /// Waits until everything is synced to disk, then releases the file. Throws also when the path no longer
  /// leads to the file. Nothing may be appended afterwards; a second call does nothing.
  public func close() async throws(RecordError) {
    guard !closed.exchange(true, ordering: .relaxed) else { return }
    defer { file.unlock() }
    try await store.waitUntilSynced(file)
    let file = file
    try await store.perform { () throws(RecordError) in try file.checkPlace() }
  }
}

extension Record {
  fileprivate var isSynced: Bool {
    switch self {
    case .end: true
    case .turn(let turn): turn.outcome != .opening
    // These records, like an opening, can be made again without the file.
    case .header, .preamble, .event: false
    }
  }
}

extension RecordWriter: ConversationObserver {
  /// Records a conversation as it happens; a new file starts with everything that preceded.
  public func observe(_ event: ConversationEvent) async throws { try await observe([event]) }

  /// Events that happened together are written together.
  public func observe(_ events: [ConversationEvent]) async throws {
    let records = events.flatMap(records)
    if !records.isEmpty { try await append(records) }
    if case .ended? = events.last { try await close() }
  }

  private func records(of event: ConversationEvent) -> [Record] {
    switch event {
    case .began(let transcript): hasBegun ? [] : transcript.records
    case .asked: []
    case .spoke(let turn, _): [.turn(turn)]
    case .occurred(let event): [.event(event)]
    case .ended(let end, _): [.end(end)]
    }
  }
}
