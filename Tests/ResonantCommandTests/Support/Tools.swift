// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// Tests without what they need are skipped, but fail in continuous integration.
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
