// SPDX-License-Identifier: MIT

/// The two kinds of forks of a trial, which are compared with each other.
public enum ForkArm: String, Sendable, CaseIterable {
  /// Goes on after a message that nobody was asked for.
  case disturbed
  /// Goes on by itself.
  case control

  /// The key of a fork's condition that tells it from the condition of its trial.
  static let key = "perturb"
}

/// One of the forks of a trial.
public struct ForkNumber: Sendable, Hashable {
  public var arm: ForkArm
  /// From 1, in each arm.
  public var number: Int

  public init(_ number: Int, _ arm: ForkArm = .disturbed) {
    self.number = number
    self.arm = arm
  }

  /// What a trial's id becomes that of its fork by.
  var suffix: String {
    switch arm {
    case .disturbed: "_f\(number)"
    case .control: "_c\(number)"
    }
  }
}
