// SPDX-License-Identifier: MIT

/// What an endpoint has sent, on one line and in fewer characters. Servers put what is wrong at its beginning or at its end,
/// and what they were given, such as the messages of the request or a template, between.
enum AbridgedText {
  /// The most bytes of JSON that stay as they are.
  private static let shortJSON = 60

  /// A text on one line, without control characters.
  static func line(_ text: String) -> String {
    let words = text.unicodeScalars.split { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
      default: scalar == " "
      }
    }
    return String(String.UnicodeScalarView(words.joined(separator: [" "])))
  }

  /// The beginning and the end of a text.
  ///
  /// - Parameter limit: most code points of the result, besides the sign for what is left out.
  static func ends(of line: String, limit: Int) -> String {
    let scalars = Array(line.unicodeScalars)
    guard scalars.count > limit else { return line }
    let end = limit * 2 / 5
    return text(scalars.prefix(limit - end)) + " … " + text(scalars.suffix(end))
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  /// Replaces long objects and lists by `{…}` and `[…]`, and the object of an error by its message, which may hold
  /// anything.
  static func withoutJSON(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var (kept, index) = ([UInt8](), 0)
    while index < bytes.count {
      guard beginsJSON(bytes[index...]) else {
        kept.append(bytes[index])
        index += 1
        continue
      }
      // Without an end, what follows may be something else.
      guard let end = JSONScanner.parts(of: bytes, in: index..<bytes.count)?.end else { break }
      let json = bytes[index..<end]
      let said = (try? JSONValue.parse(json, syntax: .wire)).flatMap {
        ProviderError(inErrorBody: $0)?.message
      }
      let sign = bytes[index] == ASCII.openBrace ? "{…}" : "[…]"
      kept += json.count <= shortJSON ? Array(json) : Array((said ?? sign).utf8)
      index = end
    }
    return String(decoding: kept + bytes[index...], as: UTF8.self)
  }

  /// Whether an object with a key, or a list of texts, objects or lists begins here. Braces of templates do not.
  private static func beginsJSON(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let bracket = bytes.first, [ASCII.openBrace, ASCII.openBracket].contains(bracket),
      let next = bytes.dropFirst().first(where: { !JSONScanner.isSpace($0) })
    else { return false }
    return next == ASCII.quote
      || bracket == ASCII.openBracket && [ASCII.openBrace, ASCII.openBracket].contains(next)
  }
}
