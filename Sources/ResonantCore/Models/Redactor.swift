// SPDX-License-Identifier: MIT

import OrderedCollections

/// Masks secrets in everything that is shown, logged or recorded.
public struct Redactor: Sendable, Equatable {
  static let mask = "***"

  /// Shorter values are not masked: masking every `1` or `yes` would spoil the text and hide nothing.
  static let shortest = 4

  /// The beginning of a secret at the end of a cut-off text is masked if it is at least this long; less
  /// reveals nothing.
  static let shortestBeginning = 8

  /// Layers of escapes that are resolved: those of a text and of one quoted in it.
  private static let layers = 3

  private let secrets: [Pattern]

  public init(secrets: [String]) {
    let worthwhile = secrets.map { Array($0.utf8) }.filter { $0.count >= Self.shortest }
    // Anything like an escape in a secret is resolved in the text, too, so search for the resolved form as
    // well.
    let resolved = worthwhile.compactMap { EscapedText($0).resolved()?.bytes }.filter {
      $0.count >= Self.shortest
    }
    self.secrets = OrderedSet(worthwhile + resolved).map(Pattern.init)
  }

  /// Replaces every secret with `***`, however it is escaped and even if it is cut off at the end of the
  /// text.
  public func redact(_ text: String) -> String {
    guard !secrets.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var found: [Range<Int>] = []
    var layer: EscapedText? = EscapedText(bytes)
    for _ in 0..<Self.layers {
      guard let text = layer else { break }
      for secret in secrets { found += secret.places(in: text) }
      layer = text.resolved()
    }
    return found.isEmpty ? text : Self.masking(found, in: bytes)
  }

  private static func masking(_ places: [Range<Int>], in bytes: [UInt8]) -> String {
    var masked: [UInt8] = []
    var end = 0
    var isFirst = true
    for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      // Overlapping places share one mask.
      if isFirst || place.lowerBound >= end {
        masked += bytes[end..<place.lowerBound] + mask.utf8
        end = place.upperBound
        isFirst = false
      }
      end = max(end, place.upperBound)
    }
    return String(decoding: masked + bytes[end...], as: UTF8.self)
  }

  /// A secret as a search pattern; searching takes time linear in the text (Knuth, Morris and Pratt, 1977).
  private struct Pattern: Sendable, Equatable {
    private let bytes: [UInt8]
    /// For each prefix of the secret, the length of its longest proper suffix that is also a prefix.
    private let fallbacks: [Int]

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      var fallbacks = [0]
      for byte in bytes.dropFirst() {
        var length = fallbacks[fallbacks.count - 1]
        while length > 0, bytes[length] != byte { length = fallbacks[length - 1] }
        fallbacks.append(bytes[length] == byte ? length + 1 : 0)
      }
      self.fallbacks = fallbacks
    }

    /// The places in the original text where the secret is, or where the text ends with a prefix of it.
    func places(in text: EscapedText) -> [Range<Int>] {
      var places: [Range<Int>] = []
      func note(_ length: Int, before end: Int, through last: Int) {
        places.append(text.sources[end - length].lowerBound..<text.sources[last - 1].upperBound)
      }
      var length = 0
      for (index, byte) in text.bytes.enumerated() {
        if index == text.end, length >= Redactor.shortestBeginning, length < bytes.count {
          note(length, before: index, through: text.bytes.count)
        }
        if length == bytes.count { length = fallbacks[length - 1] }
        while length > 0, bytes[length] != byte { length = fallbacks[length - 1] }
        if bytes[length] == byte { length += 1 }
        if length == bytes.count { note(length, before: index + 1, through: index + 1) }
      }
      if length >= Redactor.shortestBeginning, length < bytes.count {
        note(length, before: text.bytes.count, through: text.bytes.count)
      }
      return places
    }
  }

  // MARK: Payloads

  /// Masks a payload, as the user wrote it, for recording: values at any depth whose key names a key, token,
  /// secret or password. Amounts (`max_tokens`), flags and references to variables stay.
  public static func masked(_ payload: JSONObject) -> JSONObject {
    JSONObject(uniqueKeysWithValues: payload.map { ($0.key, masked($0.value, isSecret: isSecret($0.key))) })
  }

  private static func masked(_ value: JSONValue, isSecret: Bool) -> JSONValue {
    switch value {
    case .null, .bool: value
    case .string(let text) where VariableText.isReference(text): value
    case .string, .number: isSecret ? .string(mask) : value
    case .array(let items): .array(items.map { masked($0, isSecret: isSecret) })
    case .object(let members):
      .object(
        JSONObject(
          uniqueKeysWithValues: members.map {
            ($0.key, masked($0.value, isSecret: isSecret || self.isSecret($0.key)))
          }))
    }
  }

  /// The values in a payload that `masked` would mask.
  static func secrets(in payload: JSONObject) -> [String] {
    var found: [String] = []
    func collect(_ value: JSONValue, isSecret: Bool) {
      switch value {
      case .null, .bool: break
      case .string(let text), .number(let text): if isSecret { found.append(text) }
      case .array(let items): for item in items { collect(item, isSecret: isSecret) }
      case .object(let members):
        for (key, member) in members { collect(member, isSecret: isSecret || self.isSecret(key)) }
      }
    }
    collect(.object(payload), isSecret: false)
    return found
  }

  private static let secretWords: Set<String> = [
    "secret", "secrets", "password", "passwords", "passwd", "passphrase", "credential", "credentials",
    "authorization", "bearer", "apikey", "apikeys",
  ]

  static func isSecret(_ key: String) -> Bool {
    let words = words(of: key)
    if words.contains(where: { secretWords.contains($0) || $0.hasSuffix("apikey") }) { return true }
    // Only as the last word: `token_healing` and `keyword` name no secret, and `tokens` is an amount.
    guard let last = words.last(where: { !$0.allSatisfy(\.isNumber) }) else { return false }
    return last == "key" || last == "keys" || last.hasSuffix("token") || last.hasSuffix("secret")
      || last.hasSuffix("password")
  }

  /// `api_key`, `api-key` and `apiKey` are the words `api` and `key`.
  private static func words(of key: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for character in key {
      let isWord = character.isLetter || character.isNumber
      if !isWord || (character.isUppercase && wasLower) {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if isWord { word += character.lowercased() }
      wasLower = character.isLowercase
    }
    return word.isEmpty ? words : words + [word]
  }
}
