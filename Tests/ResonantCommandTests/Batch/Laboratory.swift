// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport

/// An experiment to be run in a directory of its own: `plan.yaml`, whose run directory is `x`.
struct Laboratory {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Writes the plan: `name: x`, and what is given.
  func plan(_ text: String) throws {
    try directory.write("name: x\n" + text, to: "plan.yaml")
  }

  func batch(_ flags: String..., environment: [String: String] = [:]) async throws -> FinishedProgram {
    try await ResonantBinary.run(
      ["batch", "plan.yaml"] + flags, in: directory, environment: environment, within: 180)
  }

  func start(_ flags: String..., environment: [String: String] = [:]) async throws -> Program {
    try await ResonantBinary.start(["batch", "plan.yaml"] + flags, in: directory, environment: environment)
  }

  /// The transcripts of the trials, by name; one that has just been made has no record yet.
  func trials() throws -> [String: WrittenTranscript] {
    var trials: [String: WrittenTranscript] = [:]
    for name in directory.files where name.hasPrefix("x/trials/") && name.hasSuffix(".jsonl") {
      trials[name] = try WrittenTranscript(Self.whole(try directory.read(name)))
    }
    return trials
  }

  /// The text without a last line that is not finished.
  private static func whole(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeLast()
    return lines.joined(separator: "\n")
  }

  /// The summary's rows.
  func summary() throws -> [JSONValue] { try DecodedJSON.lines(directory.read("x/summary.jsonl")) }
}

extension ScriptedServer {
  /// Answers everybody, each with something of its own.
  static func willing() async throws -> ScriptedServer {
    try await ScriptedServer { .openAI(.text("answer \($0.number)")) }
  }
}
