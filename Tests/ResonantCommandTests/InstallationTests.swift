// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// What `scripts/install` and `scripts/release` put beside the program.
struct InstallationTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL.path(percentEncoded: false)

  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Runs lines of bash with the functions of `scripts/lib.sh`; `$out` is the test's directory.
  private func bash(_ lines: String) async throws -> FinishedProgram {
    let environment = [
      "PATH": ResonantBinary.path, "HOME": directory.path, "TMPDIR": directory.path, "LANG": "C.UTF-8",
      "binary": try ResonantBinary.executable(), "out": directory.path,
    ]
    return try await Program(
      "/bin/bash", ["-c", ". '\(Self.root)/scripts/lib.sh'\n\(lines)"], environment: environment,
      directory: directory.path
    ).finish(within: 120)
  }

  @Test func theProgramComesWithItsManualAndCompletions() async throws {
    let ended = try await bash("lay_out \"$out/p\" && cd \"$out/p\" && find . -type f -size +0 | sort")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.output.split(separator: "\n") == [
        "./bin/resonant", "./share/bash-completion/completions/resonant",
        "./share/fish/vendor_completions.d/resonant.fish", "./share/man/man1/resonant.1",
        "./share/zsh/site-functions/_resonant",
      ])
  }

  @Test(arguments: [
    ("resonant ba", "batch"), ("resonant chat --tem", "--template"),
    ("resonant analyze --format ''", "table json tsv"),
    ("resonant party examples/room/config.j", "examples/room/config.json5"),
  ])
  func bashCompletes(line: String, to words: String) async throws {
    let ended = try await bash(
      """
      eval "$("$binary" --generate-completion-script bash)"
      COMP_WORDS=(\(line)) COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE="\(line)" COMP_POINT=${#COMP_LINE}
      set +eu
      _resonant resonant "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      echo "${COMPREPLY[*]}"
      """)
    #expect(ended.output == "\(words)\n", "\(ended)")
  }

  @Test(arguments: [
    ("Swift version 6.1.2 (swift-6.1.2-RELEASE)", "Swift 6.1 is too old"), ("", "swift does not run"),
    ("Apple Swift version 6.2 (swiftlang-6.2.0.19.9)", ""), ("Swift version 7.0-dev (LLVM 1)", ""),
  ])
  func anOldSwiftIsRefusedWithTheRemedy(version: String, complaint: String) async throws {
    let ended = try await bash("swift() { echo '\(version)'; }\nneed_swift")
    #expect(ended.exitCode == (complaint.isEmpty ? 0 : 1), "\(ended)")
    #expect(complaint.isEmpty ? ended.errors.isEmpty : ended.errors.contains(complaint), "\(ended)")
  }
}
