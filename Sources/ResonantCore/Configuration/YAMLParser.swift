// SPDX-License-Identifier: MIT

import CYAML

/// Parses a YAML text that consists of one document, event by event, with libyaml.
final class YAMLParser {
  typealias Failure = PlanDocument.Failure

  /// The start of a node.
  struct Event {
    enum Content {
      case scalar(YAMLScalar)
      case alias(String)
      /// The events up to the matching end are the content.
      case sequence, mapping
    }

    var content: Content
    var anchor: String?
    /// From 1.
    var line: Int
    /// From 1, in code points.
    var column: Int
  }

  // On the heap, because libyaml keeps pointers to both.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let text: UnsafeMutableBufferPointer<UInt8>
  private var hasDocument = false

  /// The bytes are valid UTF-8.
  init(_ bytes: [UInt8]) throws(Failure) {
    text = .allocate(capacity: bytes.count)
    _ = text.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else { throw Failure(message: "cannot be read: out of memory") }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    text.deallocate()
  }

  /// The next node; nil at the end of a sequence, of a mapping, of the document and of the text.
  func next() throws(Failure) -> Event? {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_STREAM_START_EVENT: continue
      case YAML_DOCUMENT_START_EVENT: try begin(event)
      case YAML_SCALAR_EVENT:
        return Self.event(event, .scalar(Self.scalar(event)), anchor: event.data.scalar.anchor)
      case YAML_ALIAS_EVENT:
        return Self.event(event, .alias(Self.text(event.data.alias.anchor) ?? ""), anchor: nil)
      case YAML_SEQUENCE_START_EVENT:
        return Self.event(event, .sequence, anchor: event.data.sequence_start.anchor)
      case YAML_MAPPING_START_EVENT:
        return Self.event(event, .mapping, anchor: event.data.mapping_start.anchor)
      default: return nil
      }
    }
  }

  private func begin(_ event: yaml_event_t) throws(Failure) {
    guard !hasDocument else {
      throw Self.failure("but found another document", at: event.start_mark)
    }
    hasDocument = true
  }

  private static func event(
    _ event: yaml_event_t, _ content: Event.Content, anchor: UnsafePointer<yaml_char_t>?
  ) -> Event {
    Event(
      content: content, anchor: text(anchor), line: Int(event.start_mark.line) + 1,
      column: Int(event.start_mark.column) + 1)
  }

  private static func scalar(_ event: yaml_event_t) -> YAMLScalar {
    let scalar = event.data.scalar
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    return YAMLScalar(
      text: String(decoding: bytes, as: UTF8.self),
      isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE && text(scalar.tag) != YAML_STR_TAG)
  }

  private static func text(_ pointer: UnsafePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  /// The parser's error, which never quotes the text.
  private var failure: Failure {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    guard parser.pointee.error == YAML_READER_ERROR else {
      return Self.failure(problem, at: parser.pointee.problem_mark)
    }
    // For a character that YAML does not allow, libyaml reports only the offset.
    let before = text.prefix(parser.pointee.problem_offset)
    return Failure(line: before.count { $0 == UInt8(ascii: "\n") } + 1, message: "is no YAML: \(problem)")
  }

  private static func failure(_ problem: String, at mark: yaml_mark_t) -> Failure {
    let place = "(column \(mark.column + 1))"
    return Failure(line: Int(mark.line) + 1, message: "is no YAML: \(problem) \(place)" + hint(problem))
  }

  /// The usual cause of a problem, where the parser's message does not name it.
  private static func hint(_ problem: String) -> String {
    if problem.contains("cannot start any token") { return "; YAML is indented with spaces, never with tabs" }
    if problem.contains("':'") || problem.contains("mapping values") {
      return "; a text with a colon, such as \"builtin:\", wants quotes"
    }
    return ""
  }
}
