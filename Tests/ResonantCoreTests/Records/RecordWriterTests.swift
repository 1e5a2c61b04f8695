// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct RecordWriterTests {
  private let directory: TemporaryDirectory
  private let store = RecordStore()
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("a.jsonl")
  }

  private var bytes: [UInt8] { get throws { Array(try Data(contentsOf: URL(filePath: path))) } }

  @Test func everyRecordIsInTheFileWhenAppendReturns() async throws {
    let writer = try await RecordWriter.create(path, store: store)
    var wanted: [UInt8] = []
    for record in Transcript.fixture(turns: 5).records {
      try await writer.append(record)
      wanted += record.line
      #expect(try bytes == wanted)
    }
    #expect(try StrictRecord.lines(of: Data(wanted)).count == 11)
  }

  @Test func aFileThatIsThereIsNotOverwritten() async throws {
    try directory.write("precious", to: "a.jsonl")
    let error = await #expect(throws: RecordError.self) { try await RecordWriter.create(path, store: store) }
    #expect(error?.kind == .exists)
    #expect(try directory.read("a.jsonl") == "precious")
  }

  @Test func aFileIsWrittenByOneAtATime() async throws {
    let writer = try await RecordWriter.create(path, store: store)
    try await writer.append(Transcript.fixture().records)
    _ = try Transcript.read(contentsOf: path)
    let error = await #expect(throws: RecordError.self) { try await RecordWriter.resume(path, store: store) }
    #expect(error?.kind == .inUse)
    try await writer.close()
    _ = try await RecordWriter.resume(path, store: store)
  }

  @Test func aLockThatTheCallerHoldsIsNotAskedForAgain() async throws {
    let writer = try await RecordWriter.create(path, store: store)
    try await writer.append(Transcript.fixture().records)
    let resumed = try await RecordWriter.resume(path, store: store, isLocked: true)
    #expect(resumed.transcript == Transcript.fixture())
  }

  @Test func resumeCutsOffALastLineTornAnywhere() async throws {
    var transcript = Transcript.fixture(turns: 1)
    transcript.end = nil
    let before = transcript.file
    let last = Record.turn(.fixture(2, text: "é\"🙂")).line
    for length in 0..<last.count {
      try Data(before + last.prefix(length)).write(to: URL(filePath: path))
      let resumed = try await RecordWriter.resume(path, store: store)
      let isWhole = length == last.count - 1
      #expect(resumed.transcript?.turns.count == (isWhole ? 2 : 1))
      #expect(resumed.warnings.count == (length == 0 || isWhole ? 0 : 1))
      try await resumed.writer.append(.turn(.fixture(2, text: "again")))
      try await resumed.writer.close()
      let read = try Transcript.read(contentsOf: path)
      #expect(read.transcript.turns.map(\.text) == ["turn 1", "again"])
      #expect(read.warnings.isEmpty)
      #expect(try StrictRecord.lines(of: Data(bytes)).count == (isWhole ? 8 : 7))
    }
  }

  @Test func aFileWithoutAWholeHeaderCanBeBegunAnew() async throws {
    let transcript = Transcript.fixture()
    for torn in ["", "{\"type", String(decoding: transcript.file.prefix(100), as: UTF8.self)] {
      try directory.write(torn, to: "a.jsonl")
      let resumed = try await RecordWriter.resume(path, store: store)
      #expect(resumed.transcript == nil)
      try await resumed.writer.observe(.began(transcript))
      try await resumed.writer.close()
      #expect(try bytes == transcript.file)
    }
  }

  @Test func anotherToolsFileIsLeftAlone() async throws {
    try directory.write("{\"messages\":[]}", to: "a.jsonl")
    let error = await #expect(throws: RecordError.self) { try await RecordWriter.resume(path, store: store) }
    #expect(error?.kind == .notTranscript)
    #expect(try directory.read("a.jsonl") == "{\"messages\":[]}")
  }

  @Test(arguments: [nil, "/dev/zero", "/dev/null"])
  func whatIsNoRegularFileIsRefusedAndNotWaitedFor(device: String?) async throws {
    if let device {
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: device)
    } else {
      #expect(mkfifo(path, 0o600) == 0)
    }
    let error = await #expect(throws: RecordError.self) { try await RecordWriter.resume(path, store: store) }
    #expect(error?.message == "this is no regular file, so no transcript can go on in it")
  }

  @Test func aDirectoryThatIsMissingIsAnError() async throws {
    let error = await #expect(throws: RecordError.self) {
      try await RecordWriter.create(directory.path("no/a.jsonl"), store: store)
    }
    #expect(error?.kind == .missing)
  }

  #if os(Linux)
  @Test func aFullDiskIsAnErrorOfAppend() async throws {
    let file = RecordFile(path, descriptor: open("/dev/full", O_RDWR | O_APPEND | O_CLOEXEC))
    let error = #expect(throws: RecordError.self) { try file.append([1, 2, 3]) }
    #expect(error?.description.contains("No space left") == true)
  }
  #endif

  @Test func aConversationIsRecordedAsItHappens() async throws {
    let whole = Transcript.fixture()
    var start = whole
    start.turns = []
    start.events.removeLast()
    start.end = nil
    let end = try #require(whole.end)
    let writer = try await RecordWriter.create(path, store: store)
    try await writer.observe(.began(start))
    for turn in whole.turns {
      try await writer.observe(.spoke(turn, whole))
      if turn.number == 1 { try await writer.observe(.occurred(whole.events[1])) }
    }
    try await writer.observe(.ended(end, whole))
    #expect(try bytes == whole.file)
    _ = try await RecordWriter.resume(path, store: store)
  }

  @Test(arguments: [true, false])
  func whatIsWrittenToAFileThatIsNoLongerThereIsAnErrorAtTheEnd(isReplaced: Bool) async throws {
    let whole = Transcript.fixture()
    let end = try #require(whole.end)
    let writer = try await RecordWriter.create(path, store: store)
    try await writer.observe(.began(whole))
    try FileManager.default.removeItem(atPath: path)
    if isReplaced { try Data(whole.file).write(to: URL(filePath: path)) }
    let error = await #expect(throws: RecordError.self) { try await writer.observe(.ended(end, whole)) }
    #expect(error?.description == "\(path): the file was replaced or removed while it was written")
  }

  @Test func aFileThatWasShortenedMeanwhileIsAnErrorAtTheEnd() async throws {
    let whole = Transcript.fixture()
    let end = try #require(whole.end)
    let writer = try await RecordWriter.create(path, store: store)
    try await writer.observe(.began(whole))
    try #require(truncate(path, 0) == 0)
    let error = await #expect(throws: RecordError.self) { try await writer.observe(.ended(end, whole)) }
    #expect(error?.description == "\(path): something else has shortened the file while it was written")
  }

  @Test func aThousandWritersShareOneStore() async throws {
    let turns = 2
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<1000 {
        group.addTask {
          let writer = try await RecordWriter.create(directory.path("\(index).jsonl"), store: store)
          var transcript = Transcript.fixture(turns: turns)
          transcript.header.id = "\(index)"
          for record in transcript.records { try await writer.append(record) }
        }
      }
      try await group.waitForAll()
    }
    for index in 0..<1000 {
      let transcript = try Transcript.read(contentsOf: directory.path("\(index).jsonl")).transcript
      #expect(transcript.header.id == "\(index)")
      #expect(transcript.turns.count == turns)
      #expect(transcript.end != nil)
    }
  }
}
