// SPDX-License-Identifier: MIT

/// Reasoning that a model writes into its text between `<think>` or `<thinking>` and `</think>` or
/// `</thinking>`, in any case. A span ends at the first closing tag of either name; an unclosed span extends
/// to the end of the text.
public enum ThinkingSpans {
  /// A piece of a text, without the tags.
  public enum Segment: Sendable, Equatable {
    case text(String)
    case thinking(String)
  }

  /// The text without its thinking spans. White space is normalised only where a span was removed: runs of
  /// spaces become one space, three or more line feeds become a blank line, and none remains at the start or
  /// end.
  public static func filter(_ text: String) -> (heard: String, removed: Bool) {
    let bytes = Array(text.utf8)
    let spans = find(in: bytes)
    guard !spans.isEmpty else { return (text, false) }
    var kept: [UInt8] = []
    var position = 0
    /// White space around the spans removed since the last kept text.
    var gap: [UInt8] = []
    for span in spans {
      let before = bytes[position..<span.whole.lowerBound]
      if position == 0 { kept += before } else { append(before, behind: &gap, to: &kept) }
      let space = takeTrailingSpace(of: &kept)
      if !space.isEmpty { gap = space }
      position = span.whole.upperBound
    }
    append(bytes[position...], behind: &gap, to: &kept)
    return (String(decoding: kept, as: UTF8.self), true)
  }

  /// The text and its thinking spans in order, without empty pieces.
  public static func split(_ text: String) -> [Segment] {
    let bytes = Array(text.utf8)
    var segments: [Segment] = []
    var position = 0
    func piece(_ range: Range<Int>) -> String? {
      range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self)
    }
    for span in find(in: bytes) {
      if let text = piece(position..<span.whole.lowerBound) { segments.append(.text(text)) }
      if let thinking = piece(span.inside) { segments.append(.thinking(thinking)) }
      position = span.whole.upperBound
    }
    if let text = piece(position..<bytes.count) { segments.append(.text(text)) }
    return segments
  }

  /// The text without its thinking spans and without everything up to a stray closing tag, trimmed of white
  /// space: reasoning that lost its opening tag.
  public static func stripped(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var kept: [UInt8] = []
    var position = 0
    for whole in find(in: bytes).map(\.whole) + [bytes.count..<bytes.count] {
      let piece = Array(bytes[position..<whole.lowerBound])
      var start = 0
      while let closer = tag(in: piece, from: start, closing: true) { start = closer.upperBound }
      if start > 0 { kept = [] }
      kept += piece[start...]
      position = whole.upperBound
    }
    let scalars = String(decoding: kept, as: UTF8.self).unicodeScalars
    let isInk = { (scalar: Unicode.Scalar) in !scalar.properties.isWhitespace }
    guard let first = scalars.firstIndex(where: isInk), let last = scalars.lastIndex(where: isInk) else {
      return ""
    }
    return String(scalars[first...last])
  }

  // MARK: Finding

  private struct Span {
    var whole: Range<Int>
    var inside: Range<Int>
  }

  private static func find(in bytes: [UInt8]) -> [Span] {
    var spans: [Span] = []
    var index = 0
    while let opener = tag(in: bytes, from: index, closing: false) {
      guard let closer = tag(in: bytes, from: opener.upperBound, closing: true) else {
        spans.append(Span(whole: opener.lowerBound..<bytes.count, inside: opener.upperBound..<bytes.count))
        break
      }
      let whole = opener.lowerBound..<closer.upperBound
      spans.append(Span(whole: whole, inside: opener.upperBound..<closer.lowerBound))
      index = closer.upperBound
    }
    return spans
  }

  private static func tag(in bytes: [UInt8], from start: Int, closing: Bool) -> Range<Int>? {
    let names = closing ? ["</think>", "</thinking>"] : ["<think>", "<thinking>"]
    var index = start
    while let open = bytes[index...].firstIndex(of: UInt8(ascii: "<")) {
      for name in names where matches(name, in: bytes, at: open) { return open..<(open + name.utf8.count) }
      index = open + 1
    }
    return nil
  }

  private static func matches(_ name: String, in bytes: [UInt8], at start: Int) -> Bool {
    guard start + name.utf8.count <= bytes.count else { return false }
    return zip(name.utf8, bytes[start...]).allSatisfy { wanted, byte in
      byte == wanted || (byte | 0x20 == wanted && (0x41...0x5A).contains(byte))
    }
  }

  // MARK: White space

  /// Appends the text that follows a removed span, after the normalised white space of both sides.
  private static func append(_ text: ArraySlice<UInt8>, behind gap: inout [UInt8], to kept: inout [UInt8]) {
    let ink = text.firstIndex { !isSpace($0) } ?? text.endIndex
    let lineStart = text[..<ink].lastIndex(of: lineFeed).map { $0 + 1 } ?? ink
    gap += text[..<lineStart]
    guard ink < text.endIndex else {
      gap += text[lineStart..<ink]
      return
    }
    if !kept.isEmpty { kept += tidied(gap) }
    gap = []
    kept += text[lineStart...]
  }

  private static func takeTrailingSpace(of kept: inout [UInt8]) -> [UInt8] {
    let end = kept.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? 0
    defer { kept.removeSubrange(end...) }
    return Array(kept[end...])
  }

  /// White space with at most one blank line, and with runs of spaces reduced to one space.
  private static func tidied(_ space: [UInt8]) -> [UInt8] {
    var space = space[...]
    var head: ArraySlice<UInt8> = []
    if let first = space.firstIndex(of: lineFeed), let last = space.lastIndex(of: lineFeed),
      space.count(where: { $0 == lineFeed }) > 2
    {
      head = space[..<first] + [lineFeed, lineFeed]
      space = space[(last + 1)...]
    }
    var tidy: [UInt8] = []
    for byte in head + space where byte != 0x20 || tidy.last != 0x20 { tidy.append(byte) }
    return tidy
  }

  private static let lineFeed: UInt8 = 0x0A

  /// ASCII white space; other spaces count as text.
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
