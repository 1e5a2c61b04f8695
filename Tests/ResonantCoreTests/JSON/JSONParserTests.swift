// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

@Suite struct JSONParserTests {
  @Test func keepsTheOrderOfKeysAndTheTextOfNumbers() throws {
    let text = #"{"z":1.0,"a":[true,false,null,-0,1e400],"m":{"k":"v"}}"#
    #expect(try JSONValue.parse(text).jsonText == text)
  }

  @Test func theLastOfEqualKeysWins() throws {
    #expect(try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#).jsonText == #"{"a":3,"b":2}"#)
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u00e9\u4e16\ud83d\ude42""#, "é世🙂"),
    (#""\ud83d""#, "\u{FFFD}"),
    (#""a\ude42b""#, "a\u{FFFD}b"),
    (#""\ud83d\ud83d\ude42""#, "\u{FFFD}🙂"),
    (#""\ud83dA""#, "\u{FFFD}A"),
    (#""\u0000""#, "\u{0}"),
    ("\"é🙂\"", "é🙂"),
  ])
  func readsEscapes(json: String, wanted: String) throws {
    #expect(try JSONValue.parse(json) == .string(wanted))
  }

  @Test(arguments: [
    "", " ", "nul", "truex", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.", ".5", "+1", "-", "1e", "0x1",
    "\"a", "\"\\x41\"", "\"\\u12\"", "\"a\nb\"", "[1 2]", "{\"a\" 1}", "1 2", "// no", "[", "{", "{\"a\":",
    "Infinity",
    "\"\\", "\u{A0}1",
  ])
  func refusesWhatIsNoJSON(text: String) {
    #expect(throws: JSONParser.Failure.self) { try JSONValue.parse(text) }
  }

  @Test func failuresTellLineAndColumn() {
    let failure = #expect(throws: JSONParser.Failure.self) {
      try JSONValue.parse("{\r\n  \"é\": [1,\r\n  \"世\" x]}")
    }
    #expect(failure?.line == 3)
    #expect(failure?.column == 7)
    #expect(failure?.description == "line 3, column 7: expected a comma or a closing bracket, found 'x'")
  }

  @Test func anUnendedStringIsReportedWhereItBegins() {
    let failure = #expect(throws: JSONParser.Failure.self) { try JSONValue.parse("[\n \"abc") }
    #expect(failure?.description == "line 2, column 2: the string that begins here has no end")
  }

  @Test func json5IsRead() throws {
    let text = """
      \u{FEFF}// a comment
      { unquoted: 'single "quotes"', /* and
        this */ "trailing": [1, 2,], $a_1: +1, hex: 0xFf, low: -0x10, half: .5, whole: 5., big: 5.e3,
        continued: 'one \\
      line', esc: '\\x41\\v\\0\\'\\q\\u00e9', größe: 1, \\u0061b: null,
      }
      """
    let value = try JSONValue.parse(text, syntax: .json5)
    #expect(
      value == [
        "unquoted": "single \"quotes\"", "trailing": [1, 2], "$a_1": 1, "hex": 255, "low": -16,
        "half": .number("0.5"), "whole": 5, "big": .number("5e3"), "continued": "one line",
        "esc": "A\u{B}\u{0}'qé", "größe": 1, "ab": .null,
      ])
  }

  @Test(arguments: [
    "Infinity", "-Infinity", "NaN", "[,]", "{,}", "[1,,]", "/* ", "'a\nb'", "0x", "1a", "01", "{1:2}", ".",
  ])
  func json5RefusesToo(text: String) {
    #expect(throws: JSONParser.Failure.self) { try JSONValue.parse(text, syntax: .json5) }
  }

  @Test func hostileNestingIsRefused() {
    let text = String(repeating: "[", count: 100_000)
    let failure = #expect(throws: JSONParser.Failure.self) { try JSONValue.parse(text) }
    #expect(failure?.message == "values are nested deeper than 256")
    let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
    #expect(throws: Never.self) { try JSONValue.parse(deep) }
  }

  @Test func brokenUTF8IsRefusedInFilesAndReplacedFromTheWire() throws {
    let bytes: [UInt8] = [0x22, 0x61, 0xE2, 0x82, 0x62, 0x22]
    #expect(throws: JSONParser.Failure.self) { try JSONValue.parse(bytes) }
    #expect(try JSONValue.parse(bytes, syntax: .wire) == .string("a\u{FFFD}b"))
  }

  @Test func agreesWithFoundationOnMutatedText() throws {
    var random = SplitMix64(seed: 7)
    let seeds = [
      #"{"a":[1,2.5,-3e2,{"b":"x\n\u00e9\ud83d\ude42é"}],"c":null,"d":true}"#,
      #"[[],{},"",0,"\\\"",[[1]],{"k":{"k":[false]}}]"#,
    ]
    let alphabet = Array(#"{}[]",:\u0123456789eE+-. tfn"#.utf8)
    var accepted = 0
    for round in 0..<20_000 {
      var bytes = Array(seeds[round % seeds.count].utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: place)
        default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        }
      }
      // Foundation reads numbers beyond a double, and lone surrogates, in its own way.
      guard let ours = try? JSONValue.parse(bytes), !ours.jsonText.unicodeScalars.contains("\u{FFFD}") else {
        continue
      }
      accepted += 1
      let theirs = try? JSONDecoder().decode(Plain.self, from: Data(bytes))
      #expect(theirs?.value == Plain(ours).value, "\(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(accepted > 1_000)
  }

  @Test func refusesWhatFoundationRefuses() throws {
    var random = SplitMix64(seed: 8)
    let seed = Array(#"{"a":[1,2.5,-3e2,{"b":"x\n\u00e9"}],"c":null}"#.utf8)
    for _ in 0..<5_000 {
      var bytes = seed
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] = UInt8.random(in: 0x20..<0x7F, using: &random)
      let theirs = try? JSONDecoder().decode(Plain.self, from: Data(bytes))
      let ours = try? JSONValue.parse(bytes)
      #expect((theirs == nil) == (ours == nil), "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}

/// A JSON value with numbers as doubles, as Foundation reads it.
private struct Plain: Decodable {
  var value: JSONValue

  init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      var object = JSONObject()
      for key in keyed.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
        object[key.stringValue] = try keyed.decode(Plain.self, forKey: key).value
      }
      value = .object(object)
    } else if var items = try? decoder.unkeyedContainer() {
      var array: [JSONValue] = []
      while !items.isAtEnd { array.append(try items.decode(Plain.self).value) }
      value = .array(array)
    } else {
      let single = try decoder.singleValueContainer()
      if single.decodeNil() {
        value = .null
      } else if let flag = try? single.decode(Bool.self) {
        value = .bool(flag)
      } else if let number = try? single.decode(Double.self) {
        value = .double(number)
      } else {
        value = .string(try single.decode(String.self))
      }
    }
  }

  /// The same form of a value of ours.
  init(_ ours: JSONValue) {
    switch ours {
    case .object(let members):
      let sorted = members.sorted { $0.key < $1.key }.map { ($0.key, Plain($0.value).value) }
      value = .object(JSONObject(sorted, uniquingKeysWith: { _, last in last }))
    case .array(let items): value = .array(items.map { Plain($0).value })
    case .number(let text): value = .double(Double(text) ?? .nan)
    default: value = ours
    }
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
