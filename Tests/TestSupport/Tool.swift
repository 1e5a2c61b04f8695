// SPDX-License-Identifier: MIT

import Foundation

/// Programs that some tests need and not every machine has. A test without its tool is skipped on a user's machine,
/// and fails in continuous integration (`CI=true`), where everything is to be installed.
public enum Tool {
  public static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

  /// The path of the first of these programs that is installed.
  public static func path(_ names: String...) -> String? {
    for name in names {
      for directory in ResonantBinary.path.split(separator: ":") {
        let path = "\(directory)/\(name)"
        if FileManager.default.isExecutableFile(atPath: path) { return path }
      }
    }
    return nil
  }

  public static let pandoc = path("pandoc")
  public static let chromium = path("chromium", "chromium-browser", "google-chrome")
}
