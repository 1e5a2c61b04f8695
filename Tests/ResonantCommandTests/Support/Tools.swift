// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// Tools that some tests need and not every machine has. A test without its tool is skipped on a user's machine and
/// fails in continuous integration (`CI=true`), where everything is to be installed.
enum Tool {
  static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

  static func path(_ names: String...) -> String? {
    for name in names {
      for directory in ResonantBinary.path.split(separator: ":") {
        let path = "\(directory)/\(name)"
        if FileManager.default.isExecutableFile(atPath: path) { return path }
      }
    }
    return nil
  }

  static let pandoc = path("pandoc")
}

extension Trait where Self == ConditionTrait {
  static var needsPandoc: Self {
    .enabled(
      if: Tool.pandoc != nil || Tool.isCI,
      "pandoc is not installed: apt-get install pandoc, or brew install pandoc")
  }

  static func needsServer(_ name: String) -> Self {
    .enabled(
      if: RealServer.url(name) != nil || Tool.isCI,
      "no real \(name) server is running: scripts/test --servers starts one")
  }
}

/// The servers that `Tests/Servers/start` lists in the file that `RESONANT_TEST_SERVERS` names.
enum RealServer {
  static let urls: [String: String] = {
    guard let file = ProcessInfo.processInfo.environment["RESONANT_TEST_SERVERS"],
      let text = try? String(contentsOfFile: file, encoding: .utf8)
    else { return [:] }
    let pairs = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 }
  }()

  static func url(_ name: String) -> String? { urls[name] }
}
