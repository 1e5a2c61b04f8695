// SPDX-License-Identifier: MIT

/// Why a conversation of another tool's file can't be read.
struct ForeignProblem: Error {
  /// What the conversation, or the message, has or is: `has no messages`.
  let message: String
  /// The message at fault, from 1; nil if it is the conversation as a whole.
  let number: Int?
  /// The line, counted from the first one of the conversation, from 1.
  let line: Int

  init(_ message: String, inMessage number: Int? = nil, line: Int = 1) {
    self.message = message
    self.number = number
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
}
