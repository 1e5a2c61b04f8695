// SPDX-License-Identifier: MIT

/// Why a conversation of another tool's file can't be read.
struct ForeignProblem: Error {
  let message: String
  /// The line, counted from the first one of the conversation, from 1.
  let line: Int

  init(_ message: String, line: Int = 1) {
    self.message = message
    self.line = line
  }

  /// Parses a part of a file.
  static func parse(_ bytes: [UInt8], _ range: Range<Int>) throws(ForeignProblem) -> JSONValue {
    do {
      return try JSONValue.parse(bytes[range], syntax: .wire)
    } catch {
      throw ForeignProblem("is no JSON: \(error.message)", line: error.line)
    }
  }

  /// A text that may be missing, as null or altogether.
  static func text(_ value: JSONValue?, _ place: String) throws(ForeignProblem) -> String {
    switch value {
    case .string(let text): return text
    case .null, nil: return ""
    case let other?: throw ForeignProblem("\(place) is \(other.kind), no text")
    }
  }
}
