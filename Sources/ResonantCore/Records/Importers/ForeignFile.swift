// SPDX-License-Identifier: MIT

/// A file of another tool, in which each conversation is read when it is wanted, since a file may hold thousands.
struct ForeignFile: Sendable {
  let path: String
  let format: ForeignFormat
  /// Why some conversation is missing: the file ends in its middle.
  private(set) var warnings: [String] = []

  private enum Form { case json, lines, list, text }

  private let bytes: [UInt8]
  private let form: Form
  /// Where each conversation is.
  private let places: [Range<Int>]
  /// The line in which each begins, from 1.
  private let firstLines: [Int]
  /// What holds for all conversations.
  private var common: JSONObject = [:]

  var count: Int { places.count }

  private init(
    _ path: String, _ format: ForeignFormat, _ bytes: [UInt8], _ form: Form, _ places: [Range<Int>]
  ) {
    (self.path, self.format, self.bytes, self.form, self.places) = (path, format, bytes, form, places)
    firstLines = Self.lines(of: places.map(\.lowerBound), in: bytes)
  }

  /// The transcript of a conversation.
  func transcript(at index: Int) throws(RecordError) -> Transcript {
    do throws(ForeignProblem) {
      return try conversation(places[index]).transcript(id: "\(path)#\(index)", from: format)
    } catch {
      let line = firstLines[index] + error.line - 1
      let places = [form == .list ? "conversation \(index)" : nil, error.number.map { "message \($0)" }]
      let subject = places.compactMap(\.self).joined(separator: ", ")
      throw RecordError(
        .malformed, path, line: line,
        (subject.isEmpty ? "the conversation" : subject) + " " + error.message)
    }
  }

  private func conversation(_ place: Range<Int>) throws(ForeignProblem) -> ForeignConversation {
    if form == .text {
      let text = TextLines(bytes)
      return format == .backrooms
        ? try BackroomsLog(text).conversation(path: path) : try LLMConversation.conversation(text)
    }
    if format == .attractorStates {
      return try AttractorStates.conversation(bytes, in: place, common: common)
    }
    let value = try ForeignProblem.parse(bytes, place)
    switch format {
    case .llmConversation: return try LLMConversation.conversation(value)
    case .openAI: return try OpenAIMessages.conversation(value)
    default: return try ShareGPT.conversation(value)
    }
  }

  /// The lines of positions that rise.
  private static func lines(of positions: [Int], in bytes: [UInt8]) -> [Int] {
    var (line, start) = (1, 0)
    return bytes.withUnsafeBufferPointer { bytes in
      positions.map { position in
        for byte in bytes[start..<position] where byte == 0x0A { line += 1 }
        start = position
        return line
      }
    }
  }
}

// MARK: - Recognition

extension ForeignFile {
  /// How a file is looked at.
  struct Request {
    var path: String
    /// Whether the user named this file, rather than a directory that holds it.
    var isNamed: Bool
    /// The form that the user says it has.
    var format: ForeignFormat?

    func mayBe(_ format: ForeignFormat) -> Bool { self.format == nil || self.format == format }
  }

  /// Recognises a file by its content; nil if it is none of the known forms.
  static func recognise(_ bytes: [UInt8], _ request: Request) -> ForeignFile? {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard let first = bytes[start...].firstIndex(where: { !JSONScanner.isSpace($0) }) else { return nil }
    switch bytes[first] {
    case ASCII.openBrace: return object(bytes, first, request)
    case ASCII.openBracket: return list(bytes, first, request)
    default: return text(bytes, request)
    }
  }

  /// A file that begins with an object: it is the only one, or there is one in each line.
  private static func object(_ bytes: [UInt8], _ start: Int, _ request: Request) -> ForeignFile? {
    guard let parts = JSONScanner.parts(of: bytes, in: start..<bytes.count) else { return nil }
    if let file = attractorStates(bytes, parts, request) { return file }
    let isOne = parts.end.map { bytes[$0...].allSatisfy(JSONScanner.isSpace) } == true
    if !isOne {
      let first = lines(bytes, from: start, atMost: JSONForm.mostLooked)
      if let format = JSONForm.format(of: first, in: bytes, request) {
        return ForeignFile(request.path, format, bytes, .lines, lines(bytes, from: start))
      }
      // Objects in several lines each are no form; one that the file ends in can be named.
      guard parts.end == nil else { return nil }
    }
    let whole = [start..<(parts.end ?? bytes.count)]
    return JSONForm.format(of: whole, in: bytes, request)
      .map { ForeignFile(request.path, $0, bytes, .json, whole) }
  }

  private static func attractorStates(
    _ bytes: [UInt8], _ parts: JSONScanner.Parts, _ request: Request
  ) -> ForeignFile? {
    let isForced = request.isNamed && request.format != nil
    guard request.mayBe(.attractorStates), isForced || AttractorStates.isName(of: request.path),
      let list = AttractorStates.conversations(parts, bytes)
    else { return nil }
    var file = ForeignFile(request.path, .attractorStates, bytes, .list, list.values)
    file.common = AttractorStates.common(parts, bytes)
    file.warn(about: list)
    return file
  }

  /// A file that is one list: of conversations, or the messages of one.
  private static func list(_ bytes: [UInt8], _ start: Int, _ request: Request) -> ForeignFile? {
    guard let list = JSONScanner.parts(of: bytes, in: start..<bytes.count),
      list.end.map({ bytes[$0...].allSatisfy(JSONScanner.isSpace) }) != false
    else { return nil }
    let rest = list.cut.map { [$0..<bytes.count] } ?? []
    if let format = JSONForm.format(of: list.values + rest, in: bytes, request) {
      var file = ForeignFile(request.path, format, bytes, .list, list.values)
      file.warn(about: list)
      return file
    }
    // A list of messages in a directory may be a preamble or a part of a request.
    guard request.isNamed || request.format != nil, request.mayBe(.openAI),
      JSONForm.openAI.fits(list, in: bytes, upTo: bytes.count)
    else { return nil }
    return ForeignFile(request.path, .openAI, bytes, .json, [start..<(list.end ?? bytes.count)])
  }

  private static func text(_ bytes: [UInt8], _ request: Request) -> ForeignFile? {
    let text = TextLines(bytes)
    let isForced = request.format != nil
    let whole = [bytes.indices]
    if request.mayBe(.llmConversation), LLMConversation.matches(text) {
      return ForeignFile(request.path, .llmConversation, bytes, .text, whole)
    }
    let log = BackroomsLog(text)
    guard request.mayBe(.backrooms), log.isLikely(isNamed: request.isNamed || isForced) else { return nil }
    return ForeignFile(request.path, .backrooms, bytes, .text, whole)
  }

  /// The lines with something in them.
  private static func lines(
    _ bytes: [UInt8], from start: Int, atMost count: Int = .max
  ) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var index = start
    while index < bytes.count, lines.count < count {
      let end = bytes[index...].firstIndex(of: 0x0A) ?? bytes.count
      if !bytes[index..<end].allSatisfy(JSONScanner.isSpace) { lines.append(index..<end) }
      index = end + 1
    }
    return lines
  }

  private mutating func warn(about list: JSONScanner.Parts) {
    guard list.end == nil else { return }
    let rest = list.cut == nil ? "" : "; conversation \(list.values.count) and what follows was left out"
    let line = Self.lines(of: [list.cut ?? bytes.count], in: bytes).map { ", line \($0)" }.joined()
    warnings.append("\(path)\(line): the file ends in the middle of its list\(rest)")
  }
}
