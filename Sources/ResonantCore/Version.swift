// SPDX-License-Identifier: MIT

/// The version of the program, recorded in every transcript.
public enum Version {
  public static let string = "0.1.0"
  /// Name and version as transcripts and the user agent give them.
  public static let program = "resonant \(string)"
}
