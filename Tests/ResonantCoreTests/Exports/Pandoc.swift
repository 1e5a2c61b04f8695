// SPDX-License-Identifier: MIT

import Synchronization
import TestSupport
import Testing

@testable import ResonantCore

/// The paths of programs that some tests need; tests with the traits do not run without them.
enum Installed {
  static let pandoc = TestSupport.Tool.pandoc ?? "/usr/bin/pandoc"
  static let chromium = TestSupport.Tool.chromium ?? "/usr/bin/chromium"
}

/// Without a program its tests are skipped; with `CI=true` they run, and fail.
extension Trait where Self == ConditionTrait {
  static var needsPandoc: Self {
    .enabled(
      if: TestSupport.Tool.pandoc != nil || TestSupport.Tool.isCI,
      "pandoc is missing: apt-get install pandoc, or brew install pandoc")
  }

  static var needsChromium: Self {
    .enabled(
      if: TestSupport.Tool.chromium != nil || TestSupport.Tool.isCI,
      "chromium is missing: apt-get install chromium")
  }
}

/// A stand-in for pandoc: a script, with the real one's path in `$PANDOC` and its own folder in `$HERE`.
struct FakePandoc {
  let directory: TemporaryDirectory
  let path: String

  init(_ script: String) throws {
    directory = try TemporaryDirectory()
    let text = "#!/bin/sh\nPANDOC='\(Installed.pandoc)'\nHERE='\(directory.path)'\n\(script)\n"
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
