// SPDX-License-Identifier: MIT

/// What is wrong with a value that a user gave, in one sentence without a final stop and without any secret.
/// Whoever knows where the value stood (flag, file, key path, line) says so around it.
public struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
