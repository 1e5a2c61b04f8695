// SPDX-License-Identifier: MIT

/// Prepares text for a page.
enum HTMLText {
  /// Converts all line ends, including Unicode's, to LF. U+FFFD replaces control characters except newline
  /// and tab, noncharacters, which XML and HTML don't allow, and the characters that change the order of
  /// others, by which a text can look like another (UTS 55). Right-to-left scripts do not need those.
  static func clean(_ text: String) -> String {
    var cleaned = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where afterReturn: break
      case 0x0A, 0x0D, 0x2028, 0x2029: cleaned.append("\n")
      case 0..<0x09, 0x0B..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFDD0...0xFDEF:
        cleaned.append("\u{FFFD}")
      case let value where value & 0xFFFE == 0xFFFE: cleaned.append("\u{FFFD}")
      default: cleaned.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    return String(cleaned)
  }

  /// The cleaned text, escaped for use between tags and in quoted attributes.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in clean(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Plain text with its white space and line breaks. Only fenced code becomes a block of code, without blank
  /// lines around it.
  static func plain(_ text: String) -> String {
    FencedText.split(clean(text)).map { piece in
      switch piece {
      case .text(let text): #"<div class="plain" dir="auto">"# + escape(text) + "</div>"
      case .code(let code): "<pre><code>" + escape(code) + "</code></pre>"
      }
    }.joined()
  }

  /// The exact text, without any structure.
  static func verbatim(_ text: String) -> String {
    #"<div class="plain" dir="auto">"# + escape(text) + "</div>"
  }

  /// A name or other short text, isolated because its writing direction may differ.
  static func isolated(_ text: String) -> String { "<bdi>" + escape(text) + "</bdi>" }
}

/// A text split at its fenced code blocks, the only structure that is recognised without pandoc.
enum FencedText: Equatable {
  case text(String)
  case code(String)

  /// The parts of a text whose lines end with LF. An unclosed fence counts as text.
  static func split(_ text: String) -> [FencedText] {
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    var pieces: [FencedText] = []
    var open = 0
    var index = 0
    func join(_ range: Range<Int>) -> String {
      lines[range].map { String($0) ?? "" }.joined(separator: "\n")
    }
    func addText(to end: Int) {
      let isBlank = { (line: Int) in lines[line].isEmpty }
      let start = open == 0 ? 0 : (open..<end).first { !isBlank($0) } ?? end
      let stop = end == lines.count ? end : (start..<end).last { !isBlank($0) }.map { $0 + 1 } ?? start
      if start < stop { pieces.append(.text(join(start..<stop))) }
    }
    while index < lines.count {
      if let fence = fence(lines[index]),
        let close = lines[(index + 1)...].firstIndex(where: { closes($0, fence) })
      {
        addText(to: index)
        pieces.append(.code(join(index + 1..<close)))
        index = close
        open = close + 1
      }
      index += 1
    }
    addText(to: lines.count)
    return pieces.isEmpty ? [.text(text)] : pieces
  }

  /// The run of backticks or tildes with which this line opens a code block.
  private static func fence(_ line: Substring.UTF8View) -> (byte: UInt8, count: Int)? {
    guard let byte = line.first, byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") else { return nil }
    let count = line.prefix { $0 == byte }.count
    return count >= 3 && !line.dropFirst(count).contains(UInt8(ascii: "`")) ? (byte, count) : nil
  }

  private static func closes(_ line: Substring.UTF8View, _ fence: (byte: UInt8, count: Int)) -> Bool {
    let run = line.prefix { $0 == fence.byte }.count
    return run >= fence.count && line.dropFirst(run).allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }
}
