// SPDX-License-Identifier: MIT

/// The conversations of a file: of a transcript, the only one; of another tool's file, as many as it holds. They
/// are read one by one.
public struct TranscriptSource: Sendable {
  private enum Content {
    case own(Transcript)
    case foreign(ForeignFile)
  }

  public let path: String
  /// A sentence for each thing that was left out or could not be read as it is.
  public let warnings: [String]
  /// The only conversation that is wanted, from 0.
  private let chosen: Int?
  private let content: Content

  /// Opens a file.
  ///
  /// - Parameter format: the form of the file, which is recognised if nil.
  /// - Returns: nil for a file in a directory that holds no conversation, or none of this form.
  /// - Throws: `RecordError` for a file that the user named and that holds none, or for a damaged transcript.
  public init?(_ file: TranscriptFiles.Candidate, as format: ForeignFormat? = nil) throws(RecordError) {
    guard file.isNamed || TranscriptFiles.isPlausible(file.path) else { return nil }
    let bytes = try RecordFile.contents(of: file.path)
    path = file.path
    let request = ForeignFile.Request(path: file.path, isNamed: file.isNamed, format: format)
    if let foreign = ForeignFile.recognise(bytes, request) {
      content = .foreign(foreign)
      let line = Self.firstInvalidLine(of: bytes)
      let invalid = line.map { "\(file.path), line \($0): what is not UTF-8 was read as U+FFFD" }
      warnings = foreign.warnings + [invalid].compactMap(\.self)
    } else {
      guard let (transcript, warnings) = try Self.own(bytes, file, format) else { return nil }
      content = .own(transcript)
      self.warnings = warnings
    }
    chosen = file.index
    if let chosen, !(0..<count).contains(chosen) {
      let held = count == 1 ? "one conversation, 0" : "\(count) conversations, 0 to \(count - 1)"
      throw RecordError(.missing, path, "there is no conversation \(chosen); the file holds \(held)")
    }
  }

  /// The first line that is not UTF-8, from 1; a line feed is never a part of another character.
  private static func firstInvalidLine(of bytes: [UInt8]) -> Int? {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false).firstIndex { line in
      line.contains { $0 >= 0x80 } && String(validating: line, as: UTF8.self) == nil
    }.map { $0 + 1 }
  }

  private static func own(
    _ bytes: [UInt8], _ file: TranscriptFiles.Candidate, _ format: ForeignFormat?
  ) throws(RecordError) -> (Transcript, [String])? {
    if let format {
      guard file.isNamed else { return nil }
      throw RecordError(.notTranscript, file.path, "this is no file of the form \(format.rawValue)")
    }
    do throws(RecordError) {
      return try Transcript.read(bytes, path: file.path)
    } catch {
      guard error.kind == .notTranscript else { throw error }
      if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        throw RecordError(.notTranscript, file.path, "the file is UTF-16; convert it to UTF-8")
      }
      if !file.isNamed, AttractorStates.isName(of: file.path) {
        throw RecordError(.malformed, file.path, "no conversation of attractor-states can be read in it")
      }
      guard file.isNamed else { return nil }
      throw RecordError(
        .notTranscript, file.path,
        "this is no transcript: it does not begin with a \(Record.format) header, nor does it have one of the"
          + " other known forms (\(ForeignFormat.names)); --from names the form of a file that is not recognised"
      )
    }
  }

  /// The number of conversations in the file.
  private var count: Int { if case .foreign(let file) = content { file.count } else { 1 } }

  /// The places of the conversations in the file.
  public var indices: Range<Int> { chosen.map { $0..<($0 + 1) } ?? 0..<count }

  /// The form of another tool's file; nil for a transcript.
  public var format: ForeignFormat? { if case .foreign(let file) = content { file.format } else { nil } }

  /// A sentence about conversations of a file that were left out because they are damaged.
  public static func damage(_ first: RecordError, and others: Int) -> String {
    let more = others == 1 ? "was one more" : "were \(others) more"
    let rest = others == 0 ? "" : ", as \(more) of this file's conversations"
    return "\(first); it was left out\(rest)"
  }

  /// Why nothing is left of a file: the first of its conversations that are damaged, and how many there are.
  public static func ruin(_ first: RecordError, of count: Int) -> RecordError {
    guard count > 1 else { return first }
    let rest = "; none of the file's \(count) conversations can be read"
    return RecordError(first.kind, first.path, line: first.line, first.message + rest)
  }

  /// A sentence about files of directories of which nothing is left.
  public static func ruins(_ files: [RecordError]) -> String? {
    guard let first = files.first else { return nil }
    let others = files.dropFirst()
    guard !others.isEmpty else { return "\(first); it was left out" }
    let some = others.prefix(5).map(\.path).joined(separator: ", ") + (others.count > 5 ? ", …" : "")
    let count = others.count == 1 ? "another file" : "\(others.count) other files"
    return "\(first); it was left out, as was the whole of \(count): \(some)"
  }

  /// One of the conversations.
  ///
  /// - Throws: `RecordError` for one that is damaged.
  public func transcript(at index: Int) throws(RecordError) -> Transcript {
    switch content {
    case .own(let transcript): transcript
    case .foreign(let file): try file.transcript(at: index)
    }
  }
}
