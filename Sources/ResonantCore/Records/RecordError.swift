// SPDX-License-Identifier: MIT

/// Why a transcript's file can't be read or written.
///
/// A class, so that it takes only one word in the async frames of thousands of waiting conversations.
public final class RecordError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// A new transcript would overwrite a file.
    case exists
    case missing
    /// Another process, or another conversation of this process, is writing to the file.
    case inUse
    /// The operating system reported an error.
    case system
    /// The first line is not a transcript's header; the file may belong to another tool.
    case notTranscript
    /// The file is a transcript, but of an unknown version or with an unreadable line.
    case malformed
  }

  public let kind: Kind
  public let path: String
  /// The line at fault, from 1, if there is one.
  public let line: Int?
  /// What is wrong and what to do, without the path and line, and without a full stop at the end.
  public let message: String

  public init(_ kind: Kind, _ path: String, line: Int? = nil, _ message: String) {
    self.kind = kind
    self.path = path
    self.line = line
    self.message = message
  }

  public static func == (left: RecordError, right: RecordError) -> Bool {
    (left.kind, left.path, left.line, left.message) == (right.kind, right.path, right.line, right.message)
  }

  public var description: String {
    path + (line.map { ", line \($0)" } ?? "") + ": " + message
  }
}
