// SPDX-License-Identifier: MIT

/// What is wrong with a value from the user, in one sentence without a full stop and without any secret. The
/// caller that knows the location (flag, file, key path, line) adds it.
public struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
