// SPDX-License-Identifier: MIT

/// Why a transcript's file can't be read or written.
///
/// A class, to take one word in the frames of async calls, in which thousands of conversations wait.
public final class RecordError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// A new transcript would replace a file.
    case exists
    case missing
    /// Another process, or another conversation of this one, is writing the file.
    case inUse
    /// The operating system refused.
    case system
    /// The first line is no header of a transcript: it may be another tool's file.
    case notTranscript
    /// A transcript, but of a version that is not known here, or with a line that can't be read.
    case malformed
  }

  public let kind: Kind
  public let path: String
  /// From 1, where a line is to blame.
  public let line: Int?
  /// What is wrong and what to do, without the place and without a final stop.
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
