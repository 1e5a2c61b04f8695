// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

/// Tools that some tests need. Without one its tests are skipped; with `CI=true` they run, and fail.
enum Tool {
  static let pandoc = path(of: "pandoc") ?? "/usr/bin/pandoc"
  static let chromium = path(of: "chromium") ?? path(of: "chromium-browser") ?? "/usr/bin/chromium"

  static let hasPandoc: ConditionTrait = .enabled(
    if: isAtHand("pandoc"), "pandoc is missing: apt-get install pandoc, or brew install pandoc")
  static let hasChromium: ConditionTrait = .enabled(
    if: isAtHand("chromium") || isAtHand("chromium-browser"), "chromium is missing: apt-get install chromium")

  private static func isAtHand(_ name: String) -> Bool {
    ProcessInfo.processInfo.environment["CI"] == "true" || path(of: name) != nil
  }

  private static func path(of name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first(where: FileManager.default.isExecutableFile(atPath:))
  }
}

/// A stand-in for pandoc: a script, with the real one's path in `$PANDOC` and its own folder in `$HERE`.
struct FakePandoc {
  let directory: TemporaryDirectory
  let path: String

  init(_ script: String) throws {
    directory = try TemporaryDirectory()
    let text = "#!/bin/sh\nPANDOC='\(Tool.pandoc)'\nHERE='\(directory.path)'\n\(script)\n"
    path = try directory.write(text, to: "pandoc", executable: true)
  }

  /// Counts its runs and passes them on.
  static func counting() throws -> FakePandoc { try FakePandoc("echo x >> $HERE/runs\nexec $PANDOC \"$@\"") }

  var runs: Int { (try? directory.read("runs"))?.split(separator: "\n").count ?? 0 }
}

/// Sentences that somebody was told.
final class Told: Sendable {
  private let kept = Mutex<[String]>([])
  var sentences: [String] { kept.withLock { $0 } }
  func tell(_ sentence: String) { kept.withLock { $0.append(sentence) } }
}
