// SPDX-License-Identifier: MIT

extension Transcript {
  /// Reads a transcript's file.
  ///
  /// - Returns: the transcript, and one sentence for each thing that was ignored (an incomplete last line).
  /// - Throws: `RecordError` with the line at fault; `.notTranscript` when the file is not a transcript.
  public static func read(
    contentsOf path: String
  ) throws(RecordError) -> (transcript: Transcript, warnings: [String]) {
    try read(try RecordFile.contents(of: path), path: path)
  }

  /// Reads the bytes of a transcript's file; `path` is for messages only.
  public static func read(
    _ bytes: [UInt8], path: String
  ) throws(RecordError) -> (transcript: Transcript, warnings: [String]) {
    let reading = try RecordReader.read(bytes, path: path)
    guard let transcript = reading.transcript else {
      throw RecordError(.notTranscript, path, "there is no whole record in this file")
    }
    return (transcript, reading.warnings)
  }
}

/// Builds a transcript from its records, line by line.
struct RecordReader {
  struct Reading {
    /// Nil when there is no complete record.
    var transcript: Transcript?
    var warnings: [String]
    /// The length of the complete records in bytes, which is where the next record goes.
    var length: Int
    /// The last record is complete except for its line feed.
    var lacksLineFeed: Bool
  }

  private let path: String
  private var transcript: Transcript?
  private var warnings: [String] = []
  private var line = 0

  static func read(_ bytes: [UInt8], path: String) throws(RecordError) -> Reading {
    var reader = RecordReader(path: path)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let isLast = end >= bytes.count - 1
      guard try reader.take(bytes[start..<end], isLast: isLast) else { break }
      start = end + 1
    }
    return Reading(
      transcript: reader.transcript, warnings: reader.warnings, length: min(start, bytes.count),
      lacksLineFeed: start > bytes.count)
  }

  private init(path: String) { self.path = path }

  /// Reads one line; false when it is incomplete.
  private mutating func take(_ bytes: ArraySlice<UInt8>, isLast: Bool) throws(RecordError) -> Bool {
    line += 1
    guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return true }
    let json: JSONValue
    do {
      json = try JSONValue.parse(bytes)
    } catch {
      // After a power loss the file may contain zeros instead of the first record.
      let isTorn = isLast && (Self.beginning.starts(with: bytes) || bytes.allSatisfy { $0 == 0 })
      let mayBeHeader = bytes.starts(with: Self.beginning) || isTorn
      guard transcript != nil || mayBeHeader else { throw foreign }
      guard isLast else { throw failure("no JSON at column \(error.column): \(error.message)") }
      warnings.append("\(path), line \(line): the last line is torn and was left out")
      return false
    }
    if transcript == nil, json["type"] != "header" || json["format"] != .string(Record.format) {
      throw foreign
    }
    do {
      if let record = try Record(json, after: lastTurn) { try add(record) }
    } catch {
      throw failure(error.description)
    }
    return true
  }

  private mutating func add(_ record: Record) throws(InvalidValue) {
    switch record {
    case .header(let header):
      guard transcript == nil else { throw InvalidValue("a second header; a file holds one conversation") }
      transcript = Transcript(header: header)
    case .preamble(let preamble):
      transcript?.preambles.append(preamble)
    case .turn(let turn):
      transcript?.end = nil
      transcript?.add(turn)
    case .event(let event):
      transcript?.end = nil
      var event = event
      if event.kind == "rewind" { event.after = try rewind(event) }
      transcript?.events.append(event)
    case .end(let end):
      transcript?.end = end
    }
  }

  /// Returns the number of the turn that the transcript goes back to.
  private mutating func rewind(_ event: Transcript.Event) throws(InvalidValue) -> Int {
    guard let last = event.fields["to"]?.int, last >= 0 else {
      throw InvalidValue("a rewind without the number of a turn, or 0, in \"to\"")
    }
    transcript?.rewind(to: last)
    return min(last, lastTurn)
  }

  private var lastTurn: Int { transcript?.turns.last?.number ?? 0 }

  private func failure(_ message: String) -> RecordError {
    RecordError(.malformed, path, line: line, message)
  }

  private var foreign: RecordError {
    RecordError(
      .notTranscript, path, "this is no transcript: it does not begin with a \(Record.format) header")
  }

  /// The beginning of a header, to recognise a file that contains only part of one.
  private static let beginning = Array(#"{"type":"header""#.utf8)
}
