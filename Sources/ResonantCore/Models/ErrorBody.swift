// SPDX-License-Identifier: MIT

/// Reads the body of an error response: JSON, a gateway's HTML page or plain text.
enum ErrorBody {
  /// Nil if the body has no text.
  static func read(_ body: [UInt8]) -> ProviderError? {
    if let value = try? JSONValue.parse(body, syntax: .wire), let error = ProviderError(inErrorBody: value) {
      return error
    }
    // An event stream with an error status.
    for line in body.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where line.starts(with: "data:".utf8)
    {
      if let value = try? JSONValue.parse(line.dropFirst(5), syntax: .wire),
        let error = ProviderError(inErrorBody: value)
      {
        return error
      }
    }
    let text = text(body)
    return text.isEmpty ? nil : ProviderError(text)
  }

  /// The body as plain text. Of an HTML page, the title, or else the text between the tags.
  static func text(_ body: [UInt8]) -> String {
    let text = String(decoding: body, as: UTF8.self)
    let start = text.drop { $0.isWhitespace }
    guard start.first == "<" else { return text.allSatisfy(\.isWhitespace) ? "" : text }
    let page = Array(start.utf8)
    let title = inside("title", of: page).map { plain($0) } ?? ""
    if !title.isEmpty { return title }
    return plain(inside("body", of: page) ?? page[...])
  }

  /// The content of the first element with this name.
  private static func inside(_ name: String, of page: [UInt8]) -> ArraySlice<UInt8>? {
    guard let open = find("<" + name, in: page[...]),
      let start = page[open...].firstIndex(of: UInt8(ascii: ">"))
    else {
      return nil
    }
    let end = find("</" + name, in: page[(start + 1)...]) ?? page.endIndex
    return page[(start + 1)..<end]
  }

  private static func find(_ word: String, in page: ArraySlice<UInt8>) -> Int? {
    let word = Array(word.utf8)
    var index = page.startIndex
    while let place = page[index...].firstIndex(of: word[0]) {
      if page[place...].prefix(word.count).elementsEqual(word, by: { $0 | 0x20 == $1 | 0x20 }) {
        return place
      }
      index = place + 1
    }
    return nil
  }

  /// Removes tags and decodes the usual entities.
  private static func plain(_ html: ArraySlice<UInt8>) -> String {
    var kept: [UInt8] = []
    var isTag = false
    for byte in html {
      if byte == UInt8(ascii: "<") { isTag = true }
      if !isTag { kept.append(byte) }
      if byte == UInt8(ascii: ">"), isTag {
        isTag = false
        kept.append(0x20)
      }
    }
    var text = String(decoding: kept, as: UTF8.self)
    let entities = [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&"),
    ]
    for (entity, character) in entities {
      text = text.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
    }
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
