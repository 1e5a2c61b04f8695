// SPDX-License-Identifier: MIT

import Synchronization

/// Appends a conversation's records to its file.
///
/// When `append` returns, the record has left the process: killing it loses nothing. A turn that was asked for is
/// also brought to the disk, while the conversation goes on; the next record waits until that has happened, and an `end` waits
/// for itself. So a power loss costs the last turn at most.
///
/// `close` leaves the file to others, as does the end of the writer's life.
public final class RecordWriter: Sendable {
  /// What a file already holds that is taken up again.
  public final class Resumed: Sendable {
    public let writer: RecordWriter
    /// Nil when not even the header is whole: the conversation can begin anew in this file.
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

  /// Makes a new file, and never writes over one that is there.
  public static func create(_ path: String, store: RecordStore) async throws(RecordError) -> RecordWriter {
    let file = try await store.perform { () throws(RecordError) in
      try RecordFile(path, .new, isLocked: false)
    }
    return RecordWriter(file, store: store, hasBegun: false)
  }

  /// Opens a file to go on with it and reads it. It stays as it is until the first append, which cuts off a torn last
  /// line.
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

  /// Empties the file, so that a conversation can begin anew in it.
  func clear() async throws(RecordError) {
    let file = file
    try await store.perform { () throws(RecordError) in try file.truncate(to: 0) }
    begun.store(false, ordering: .relaxed)
  }

  public func append(_ record: Record) async throws(RecordError) {
    try await append([record])
  }

  /// Appends several records with one write. Callers that need an order wait for each call.
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

  /// Waits until everything is on the disk, and leaves the file to others. Nothing is to be appended after that.
  /// Throws also when the file is no longer in its place. Once is enough, so a second call does nothing.
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
    // These, and an opening, are known without the file.
    case .header, .preamble, .event: false
    }
  }
}

extension RecordWriter: ConversationObserver {
  /// Records a conversation as it happens; a new file begins with all there was before.
  public func observe(_ event: ConversationEvent) async throws { try await observe([event]) }

  /// What happened together is written together.
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
