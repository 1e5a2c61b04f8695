// SPDX-License-Identifier: MIT

import HTTPTransport
import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Endpoint {
  /// Makes an endpoint from the user's text: a full URL, a base URL, the name of a preset or `builtin:`.
  ///
  /// `${NAME}` in the text and in header values is filled in from the environment first, so it may also stand
  /// for a preset or for `builtin:`. For a known host over https, the key is read from its usual variable if
  /// no header carries credentials.
  ///
  /// - Parameter api: the wire format, if the user chose one; otherwise the preset or the path determines it.
  /// - Throws: `InvalidValue`, which names the variable or header but never quotes its value.
  public static func resolve(
    _ text: String, api: API? = nil, headers: JSONObject = [:], environment: [String: String],
    paths: PathRule = .endpoint
  ) throws(InvalidValue) -> Endpoint {
    guard !text.isEmpty else { throw InvalidValue("the endpoint is empty") }
    var written = try VariableText(text, environment: environment)
    let name = String(decoding: written.expanded, as: UTF8.self)
    if name == builtin.source {
      // Nobody is sent these, but their names are recorded.
      for header in headers.keys { try HeaderFields.check(header) }
      return builtin(source: text)
    }
    let preset = Preset.named(name)
    // The URL of a preset is public, even if its name came from a variable.
    if let preset { written = try VariableText(preset.base, environment: [:]) }
    let address = try EndpointAddress(written.expanded, isQuotable: !text.contains("$"))
    let suffix = suffix(
      to: address.text(address.path), dialect: (api ?? preset?.api ?? .usual).dialect, rule: paths)
    let target = address.origin + suffix.path(address.text(address.path))
    let host = address.isSecure && address.hasDefaultPort ? KnownHost.all[address.host] : nil
    var fields = try HeaderFields(headers, environment: environment)
    try fields.addCredentials(
      userInfo: address.userInfo.map(address.text), host: host, environment: environment)
    return Endpoint(
      url: target + (address.query.map { "?" + address.text($0) } ?? ""),
      display: suffix.path(display(of: address, written)),
      api: api ?? preset?.api ?? API(path: suffix.path(address.text(address.path))) ?? .usual,
      headers: fields.headers, headerNames: fields.names, headerReferences: fields.references,
      hidesPart: address.userInfo != nil || address.query != nil,
      secrets: fields.secrets + written.values + secrets(of: address),
      company: preset?.name ?? KnownHost.all[address.host]?.company, keyVariable: host?.variable,
      source: text)
  }

  /// The URL without query and user info, with variable names instead of their values; a host that comes from
  /// no variable is in its usual spelling.
  private static func display(of address: EndpointAddress, _ written: VariableText) -> String {
    let place = written.source(of: [address.scheme, address.authority])
    guard place == address.text(address.scheme) + address.text(address.authority) else {
      return written.source(of: [address.scheme, address.authority.lowerBound..<address.path.upperBound])
    }
    return address.origin + written.source(of: [address.path])
  }

  /// What is appended to a path, after removing its trailing slashes.
  private struct Suffix {
    var text: String
    func path(_ path: String) -> String {
      text.isEmpty ? path : EndpointAddress.withoutSlashes(path) + text
    }
  }

  private static func suffix(to path: String, dialect: any Dialect, rule: PathRule) -> Suffix {
    let path = EndpointAddress.withoutSlashes(path)
    switch rule {
    case .endpoint where path.isEmpty:
      return Suffix(text: dialect.basePath + dialect.suffix(toBase: dialect.basePath))
    case .endpoint:
      return Suffix(text: EndpointAddress.isBase(path) ? dialect.suffix(toBase: path) : "")
    case .base:
      return Suffix(text: API(path: path) == nil ? dialect.suffix(toBase: path) : "")
    }
  }

  private static func secrets(of address: EndpointAddress) -> [String] {
    var found: [String] = []
    if let userInfo = address.userInfo {
      let text = address.text(userInfo)
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      found += [text] + parts + parts.map(percentDecoded)
    }
    if let query = address.query {
      let text = address.text(query)
      let values = text.split(separator: "&").map { item in
        String(item.split(separator: "=", maxSplits: 1).last ?? item)
      }
      found += [text] + values + values.map(percentDecoded)
    }
    return found
  }

  static func percentDecoded(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let value =
        bytes[index] == UInt8(ascii: "%")
        ? bytes.withUnsafeBufferPointer { JSONEscape.hexadecimal($0, from: index + 1, count: 2) } : nil
      decoded.append(value.map { UInt8($0) } ?? bytes[index])
      index += value == nil ? 1 : 3
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}

/// Collects the headers of an endpoint.
private struct HeaderFields {
  var headers: [HTTPRequest.Header] = []
  var names: [String] = []
  var references: JSONObject = [:]
  var secrets: [String] = []

  init(_ given: JSONObject, environment: [String: String]) throws(InvalidValue) {
    for (name, value) in given {
      try Self.check(name)
      do throws(InvalidValue) {
        try add(name, VariableText(Self.text(value), environment: environment))
      } catch {
        throw InvalidValue("header \(name): \(error)")
      }
    }
  }

  static func check(_ name: String) throws(InvalidValue) {
    guard isToken(name) else { throw InvalidValue("'\(name.prefix(40))' is no name for a header") }
  }

  private mutating func add(_ name: String, _ value: VariableText) throws(InvalidValue) {
    let bytes = value.expanded
    guard Self.isFieldValue(bytes) else {
      throw InvalidValue("the value holds a line break or another control character")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    headers.append(HTTPRequest.Header(name, text))
    if name.lowercased() != "content-type" {
      names.append(name)
      secrets += [text] + value.values
      if let space = text.firstIndex(of: " ") { secrets.append(String(text[text.index(after: space)...])) }
    }
    if value.isReference(behind: "") || value.isReference(behind: "Bearer ") {
      references[name] = .string(value.source(of: [0..<bytes.count]))
    }
  }

  /// Adds credentials from the URL or the environment, unless a header carries some.
  mutating func addCredentials(
    userInfo: String?, host: KnownHost?, environment: [String: String]
  ) throws(InvalidValue) {
    guard !names.contains(where: KeyHeader.isCredential) else { return }
    if let userInfo {
      let plain = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        .map { Endpoint.percentDecoded(String($0)) }
      let pair = plain[0] + ":" + plain.dropFirst().joined()
      let encoded = Data(pair.utf8).base64EncodedString()
      headers.append(HTTPRequest.Header("Authorization", "Basic " + encoded))
      secrets += [encoded, pair]
    } else if let host, let key = environment[host.variable], !key.isEmpty {
      guard Self.isFieldValue(key.utf8) else {
        throw InvalidValue(
          "the environment variable \(host.variable) holds a line break or another control character")
      }
      let header = host.keyHeader
      headers.append(HTTPRequest.Header(header.name, header.prefix + key))
      names.append(header.name)
      references[header.name] = .string(header.prefix + "${\(host.variable)}")
      secrets.append(key)
    }
  }

  private static func text(_ value: JSONValue) throws(InvalidValue) -> String {
    switch value {
    case .string(let text), .number(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .null, .array, .object:
      throw InvalidValue("the value is \(value.kind), not a string, number or boolean")
    }
  }

  private static func isFieldValue(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
  }

  /// A token (RFC 9110, section 5.6.2).
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }
}
