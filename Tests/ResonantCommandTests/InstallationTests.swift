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
    let files = ended.output.split(separator: "\n")
    #expect(
      files.filter { !$0.hasPrefix("./share/doc/") } == [
        "./bin/resonant", "./share/bash-completion/completions/resonant",
        "./share/fish/vendor_completions.d/resonant.fish", "./share/man/man1/resonant.1",
        "./share/zsh/site-functions/_resonant",
      ])
    for document in ["LICENSE", "docs/troubleshooting.md", "examples/two-models", "preambles/README.md"] {
      #expect(files.contains("./share/doc/resonant/\(document)"), "\(files)")
    }
  }

  @Test func errorsOfTheInstalledProgramPointToTheInstalledPage() async throws {
    let command = #""$out/p/bin/resonant" --endpoint http://127.0.0.1:9/v1 --model m --no-save --retries 0"#
    let ended = try await bash("lay_out \"$out/p\"; cd /; \(command) > \"$out/said\"")
    #expect(ended.exitCode == 1, "\(ended)")
    let page = try #require(ended.errors.firstMatch(of: #/\nmore: (/.*)#no-connection\n/#)?.output.1)
    #expect(page.hasSuffix("/p/share/doc/resonant/docs/troubleshooting.md"), "\(ended)")
    #expect(FileManager.default.fileExists(atPath: String(page)))
  }

  @Test func whatIsNotUnderVersionControlIsInstalledAsWell() async throws {
    let made = try await bash(
      """
      mkdir "$out/source" && cp -R README.md LICENSE CHANGELOG.md CONTRIBUTING.md docs examples preambles "$out/source"
      cd "$out/source" && lay_out_documents "$out/p" && cd "$out/p" && ls
      """)
    #expect(made.exitCode == 0 && made.errors.isEmpty, "\(made)")
    #expect(made.output.split(separator: "\n").count == 7, "\(made)")
  }

  /// The manual page as a file in the test's directory.
  private func manual() async throws -> String {
    let made = try await bash("scripts/manual \"$binary\" > \"$out/resonant.1\"")
    #expect(made.exitCode == 0 && made.errors.isEmpty, "\(made)")
    return "\(directory.path)/resonant.1"
  }

  /// The headings that stand at the left margin, or with `indent`, the texts that stand there.
  private static func lines(of page: String, at indent: Int) -> [Substring] {
    page.split(separator: "\n").compactMap { line in
      let text = line.drop { $0 == " " }
      return line.count - text.count == indent ? text : nil
    }
  }

  @Test(
    .enabled(if: Tool.path("mandoc") != nil || Tool.isCI, "mandoc is not installed: apt-get install mandoc"),
    arguments: [80, 60])
  func theManualHasItsSectionsAndEveryCommandAndFlag(columns: Int) async throws {
    let (page, mandoc) = (try await manual(), try #require(Tool.path("mandoc")))
    let lint = try await bash("'\(mandoc)' -T lint -W warning '\(page)'")
    #expect(lint.exitCode == 0 && lint.output.isEmpty, "\(lint)")
    // mandoc shows bold and underlined letters by overstriking.
    let shown = try await bash("'\(mandoc)' -T utf8 -O width=\(columns) '\(page)' | sed $'s/.\\b//g'").output
    #expect(
      Self.lines(of: shown, at: 0).filter { !$0.contains("RESONANT(1)") && !$0.hasPrefix("resonant") } == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXAMPLES", "ENVIRONMENT", "FILES",
        "EXIT STATUS", "SEE ALSO",
      ], "\(shown)")
    let long = shown.split(separator: "\n").filter {
      $0.count > columns && !$0.hasPrefix("         resonant ")
    }
    #expect(long.isEmpty, "\(long)")
    let words = Set(shown.split { $0.isWhitespace || ",.".contains($0) })
    for command in ["chat", "party", "batch", "analyze", "export", "resume", "fork", "check"] {
      #expect(Self.lines(of: shown, at: 3).contains("resonant \(command)"))
      #expect(shown.contains("\n       resonant \(command) "))
      let help = try await bash("\"$binary\" \(command) --help-hidden | grep -oE '^  --[a-z-]+'").output
      let flags = help.split { $0.isWhitespace }
      #expect(flags.count > 2 && flags.allSatisfy(words.contains), "\(command): \(flags)")
    }
  }

  @Test func theManualMarksFlagsAndValues() async throws {
    let page = try String(contentsOfFile: try await manual(), encoding: .utf8)
    #expect(
      page.contains(".TP\n\\fB\\-\\-alice\\-model\\fR \\fIname\\fR\nModel of the first participant.\n"),
      "\(page)")
    #expect(page.contains("\n\\fBresonant\\fR \\fBfork\\fR [\\fIoptions\\fR] \\fItranscript\\fR"), "\(page)")
    // Options that commands have in common are described once.
    #expect(page.components(separatedBy: "Seconds to connect.").count == 2)
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
