// SPDX-License-Identifier: MIT

/// Edits a line with the keys that a terminal in raw mode sends: text in UTF-8, control characters and escape
/// sequences, split anywhere. Has no terminal of its own: the caller shows what `view` returns.
struct LineEditor: Sendable {
  /// What the bytes so far begin.
  private enum Parsing {
    case nothing
    case character([UInt8], missing: Int)
    case escape
    /// A control sequence (ESC [) with its parameters so far.
    case sequence([UInt8])
    /// One more character of a key (ESC O, and ESC [ [ on Linux's console).
    case key
    /// A string (ESC ], ESC P and the like), such as a terminal's reply, up to BEL or ESC \.
    case string
  }

  private var parsing = Parsing.nothing
  /// The text on either side of the cursor.
  private var before = ""
  private var after = ""
  /// Lines that were entered, and at the end those that the arrows have left unfinished.
  private var history: [String] = []
  private var position = 0
  private var draft = ""
  private var followsReturn = false
  private var isFull = false
  /// Text is being pasted, whose line ends belong to it.
  private var isPasting = false

  /// Whether the last byte was an ESC, which may be a key or begin a sequence.
  var awaitsSequence: Bool { if case .escape = parsing { true } else { false } }

  /// Takes an ESC after which nothing came for a key, which does nothing.
  mutating func endSequence() { if awaitsSequence { parsing = .nothing } }

  mutating func feed(_ bytes: [UInt8]) -> [InputEvent] { bytes.flatMap { feed($0) } }

  // MARK: Parsing

  private mutating func feed(_ byte: UInt8) -> [InputEvent] {
    let begun = parsing
    parsing = .nothing
    switch begun {
    case .nothing: return begin(byte)
    case .character(let bytes, let missing):
      guard 0x80...0xBF ~= byte else {
        return insert("\u{FFFD}") + begin(byte)
      }
      if missing == 1 { return insert(String(decoding: bytes + [byte], as: UTF8.self)) }
      parsing = .character(bytes + [byte], missing: missing - 1)
    case .escape:
      switch byte {
      case 0x1B: parsing = .escape
      case UInt8(ascii: "["): parsing = .sequence([])
      case UInt8(ascii: "O"): parsing = .key
      case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
        parsing = .string
      // With Alt, a character is still text, and Enter still enters.
      case 0x80..., 0x0D, 0x0A: return begin(byte)
      default: break
      }
    case .sequence(let parameters):
      switch byte {
      case 0x20...0x3F: parsing = .sequence(Array((parameters + [byte]).prefix(16)))
      case UInt8(ascii: "[") where parameters.isEmpty: parsing = .key
      case 0x40...0x7E: press(byte, parameters)
      default: return begin(byte)
      }
    case .key: press(byte, [])
    case .string:
      if byte == 0x1B { parsing = .escape } else if byte != 0x07 { parsing = .string }
    }
    return []
  }

  private mutating func begin(_ byte: UInt8) -> [InputEvent] {
    defer { followsReturn = byte == 0x0D }
    switch byte {
    case 0x0A where followsReturn: return []
    case 0x0A, 0x0D: return isPasting ? insert("\n") : [enter()]
    case 0x04 where before.isEmpty && after.isEmpty && !isPasting: return [.end]
    case 0x1B: parsing = .escape
    case 0x09, 0x20...0x7E: return insert(String(Unicode.Scalar(byte)))
    case 0x00...0x1F, 0x7F: if !isPasting { control(byte) }
    case 0xC2...0xDF: parsing = .character([byte], missing: 1)
    case 0xE0...0xEF: parsing = .character([byte], missing: 2)
    case 0xF0...0xF4: parsing = .character([byte], missing: 3)
    default: return insert("\u{FFFD}")
    }
    return []
  }

  // MARK: Editing

  private mutating func insert(_ text: String) -> [InputEvent] {
    guard before.utf8.count + after.utf8.count + text.utf8.count <= LineSplitter.limit else {
      defer { isFull = true }
      return isFull ? [] : [.tooLong]
    }
    before += text
    return []
  }

  private mutating func enter() -> InputEvent {
    let line = before + after
    if !line.isEmpty, line != history.last { history.append(line) }
    position = history.count
    (before, after, draft, isFull) = ("", "", "", false)
    return .line(line)
  }

  private mutating func control(_ byte: UInt8) {
    switch byte | 0x40 {
    case UInt8(ascii: "A"): moveToStart()
    case UInt8(ascii: "E"): moveToEnd()
    case UInt8(ascii: "B"): moveLeft()
    case UInt8(ascii: "F"): moveRight()
    case UInt8(ascii: "D"): deleteForward()
    case UInt8(ascii: "H"), 0x7F: _ = before.popLast()
    case UInt8(ascii: "K"): after = ""
    case UInt8(ascii: "U"): before = ""
    case UInt8(ascii: "W"):
      while before.last?.isWhitespace == true { before.removeLast() }
      while let last = before.last, !last.isWhitespace { before.removeLast() }
    case UInt8(ascii: "P"): recall(position - 1)
    case UInt8(ascii: "N"): recall(position + 1)
    default: break
    }
  }

  /// Obeys a key that sends ESC [ or ESC O, parameters and this byte; modifiers are ignored.
  private mutating func press(_ final: UInt8, _ parameters: [UInt8]) {
    let first = parameters.prefix { $0 != UInt8(ascii: ";") }
    switch (final, String(decoding: first, as: UTF8.self)) {
    case (UInt8(ascii: "A"), _): recall(position - 1)
    case (UInt8(ascii: "B"), _): recall(position + 1)
    case (UInt8(ascii: "C"), _): moveRight()
    case (UInt8(ascii: "D"), _): moveLeft()
    case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): moveToStart()
    case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): moveToEnd()
    case (UInt8(ascii: "~"), "3"): deleteForward()
    // A terminal in the mode of `InputLine` sends these around what is pasted.
    case (UInt8(ascii: "~"), "200"): isPasting = true
    case (UInt8(ascii: "~"), "201"): isPasting = false
    default: break
    }
  }

  private mutating func moveToStart() { (before, after) = ("", before + after) }
  private mutating func moveToEnd() { (before, after) = (before + after, "") }
  private mutating func moveLeft() { if let last = before.popLast() { after = String(last) + after } }
  private mutating func moveRight() { if !after.isEmpty { before.append(after.removeFirst()) } }
  private mutating func deleteForward() { if !after.isEmpty { after.removeFirst() } }

  /// Shows a line of the history, or after the last the line that was begun.
  private mutating func recall(_ index: Int) {
    guard 0...history.count ~= index, index != position else { return }
    if position == history.count { draft = before + after }
    position = index
    (before, after) = (index == history.count ? draft : history[index], "")
  }

  // MARK: Showing

  /// The part of the line around the cursor that fits into so many columns, as text to the left and to the
  /// right of the cursor. It holds no control characters.
  func view(columns: Int) -> (before: String, after: String) {
    let right = TextWidth.prefix(of: after, columns: columns)
    // A part of what follows the cursor stays in view.
    let left = TextWidth.suffix(of: before, columns: max(columns * 3 / 4, columns - right.columns))
    return (
      Self.visible(left.text),
      Self.visible(TextWidth.prefix(of: after, columns: columns - left.columns).text)
    )
  }

  private static func visible(_ text: String) -> String {
    let text = String(text.map { $0 == "\t" ? " " : $0 == "\n" ? "\u{2424}" : $0 })
    return String(decoding: TerminalStyle.visible(Array(text.utf8)), as: UTF8.self)
  }
}
