// SPDX-License-Identifier: MIT

import OrderedCollections

/// Masks secrets in everything that is shown, logged or recorded.
public struct Redactor: Sendable, Equatable {
  static let mask = "***"

  /// Shorter values are too ordinary: masking every `1` or `yes` would spoil the text and hide nothing.
  static let shortest = 4

  /// What a text ends with may be a secret that was cut off; less of one than this tells nothing.
  static let shortestBeginning = 8

  /// Longest first, so that a secret that is part of another leaves nothing of it.
  private let secrets: [[UInt8]]

  public init(secrets: [String]) {
    let worthwhile = Set(secrets.filter { $0.utf8.count >= Self.shortest }.flatMap(Self.spellings))
    self.secrets = worthwhile.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }.map { Array($0.utf8) }
  }

  /// As it is, as JSON writers escape it, and as it stands in a URL.
  private static func spellings(of secret: String) -> [String] {
    guard !secret.utf8.allSatisfy(isUnreserved) else { return [secret] }
    let escaped = secret.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
    return [secret, escaped, percentEncoded(secret)]
  }

  /// RFC 3986, section 2.1.
  private static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: text.utf8.flatMap { byte in
        isUnreserved(byte) ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }, as: UTF8.self)
  }

  /// RFC 3986, section 2.3.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// The text with every secret replaced by `***`, also where the text is cut off within one.
  public func redact(_ text: String) -> String {
    guard !secrets.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var kept: [UInt8] = []
    var index = 0
    var hasMasked = false
    while index < bytes.count {
      if let length = secretLength(at: bytes[index...]) {
        kept += Self.mask.utf8
        index += length
        hasMasked = true
      } else {
        kept.append(bytes[index])
        index += 1
      }
    }
    return hasMasked ? String(decoding: kept, as: UTF8.self) : text
  }

  /// How long the secret is that a text begins with; nil when there is none.
  private func secretLength(at text: ArraySlice<UInt8>) -> Int? {
    for secret in secrets where text.first == secret[0] {
      if text.starts(with: secret) { return secret.count }
      if text.count >= Self.shortestBeginning, secret.starts(with: text) { return text.count }
    }
    return nil
  }

  // MARK: Payloads

  /// The payload as it may be recorded: values whose key names a key, token, secret or password are masked, at
  /// any depth. Amounts (`max_tokens`) and flags stay.
  public static func masked(_ payload: JSONObject) -> JSONObject {
    JSONObject(uniqueKeysWithValues: payload.map { ($0.key, masked($0.value, isSecret: isSecret($0.key))) })
  }

  private static func masked(_ value: JSONValue, isSecret: Bool) -> JSONValue {
    switch value {
    case .null, .bool: value
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

  /// The values of a payload that `masked` would mask.
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
    // Only at the end: `token_healing` and `keyword` name no secret; `tokens` are an amount.
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
