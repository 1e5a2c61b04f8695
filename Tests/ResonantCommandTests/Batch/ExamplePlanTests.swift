// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// The plans of `examples`, run by the command that stands at the top of each.
struct ExamplePlanTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardizedFileURL.path(percentEncoded: false)
  private static let plans =
    (try? FileManager.default.contentsOfDirectory(atPath: root + "/examples/plans"))?.sorted() ?? []

  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  /// The lines of the first comment that are set in.
  private func command(_ plan: String, in folder: String = "plans") throws -> String {
    let text = try String(contentsOfFile: "\(Self.root)/examples/\(folder)/\(plan)", encoding: .utf8)
    return text.split(separator: "\n").prefix { $0.hasPrefix("#") }.filter { $0.hasPrefix("#     ") }
      .map { String($0.dropFirst(6)) }.joined(separator: "\n")
  }

  private func run(_ command: String) async throws -> FinishedProgram {
    try FileManager.default.createDirectory(
      atPath: lab.directory.path("bin"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: lab.directory.path("bin/resonant"), withDestinationPath: ResonantBinary.executable())
    let environment = [
      "PATH": lab.directory.path("bin") + ":" + ResonantBinary.path, "HOME": lab.directory.path,
      "LANG": "C.UTF-8",
    ]
    return try await Program(
      "/bin/bash", ["-c", command], environment: environment, directory: Self.root
    ).finish(within: 180)
  }

  @Test func thereArePlansForTheClassicalExperiments() {
    #expect(
      Self.plans == [
        "backrooms.yaml", "cross-play.yaml", "openings.yaml", "perturbation.yaml", "self-play.yaml",
        "system-prompts.yaml",
      ])
  }

  @Test(arguments: plans)
  func anExampleRunsWithoutAnyNetworkByTheCommandThatItNames(plan: String) async throws {
    let command = try command(plan)
    #expect(command.contains("RESONANT_ENDPOINT=builtin: "))
    let ended = try await run(command.replacing("--out runs", with: "--out \(lab.directory.path)"))
    #expect(ended.exitCode == 0, "\(ended)")
    let name = plan.replacing(".yaml", with: "")
    let trials = lab.directory.files.filter { $0.hasPrefix(name + "/trials/") && $0.hasSuffix(".jsonl") }
    #expect(trials.count > 3)
    let first = try WrittenTranscript(lab.directory.read(try #require(trials.first)))
    #expect(first.header?["participants"]?.array?.map { $0["endpoint"] } == ["builtin:", "builtin:"])
  }

  @Test(arguments: plans)
  func anExampleRunsOnAModelThatTheVariablesName(plan: String) async throws {
    let server = try await ScriptedServer.willing()
    let variables =
      "RESONANT_ENDPOINT=\(server.url("/v1")) RESONANT_MODEL=mine RESONANT_OTHER_MODEL=other resonant"
    let ended = try await run(
      "\(variables) batch examples/plans/\(plan) --out \(lab.directory.path)")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(server.requests.contains { $0.json["model"] == "mine" })
    #expect(server.requests.allSatisfy { ["mine", "other"].contains($0.json["model"]?.string) })
  }

  @Test func theStudyComesFromAPlanToAReportInTwoCommands() async throws {
    let commands = try command("plan.yaml", in: "study").split(separator: "\n").map(String.init)
    #expect(commands.count == 2)
    let out = lab.directory.path
    let ended = try await run(commands.joined(separator: " && ").replacing("runs", with: out))
    #expect(ended.exitCode == 0, "\(ended)")
    let report = try lab.directory.read("study/report.html")
    let finding = try #require(report.firstMatch(of: #/<p class="finding">Of 200 conversations, (\d+) \(/#))
    #expect((60...160).contains(Int(finding.1) ?? 0))
    for label in ["degenerate", "minimal", "verbatim", "template", "echo", "winddown", "sustained"] {
      #expect(report.contains(">\(label)</span>"), "\(label)")
    }
    #expect(!report.contains("class=\"hint\">duplicate"))
  }

  @Test func theRoomRunsWithoutAnyNetworkToItsInterrupt() async throws {
    let ended = try await run(
      "RESONANT_OUT=\(lab.directory.path) examples/room/run --max-turns 4 --name room")
    #expect(ended.exitCode == 0, "\(ended)")
    let room = try WrittenTranscript(lab.directory.read("room.jsonl"))
    #expect(room.turns.map { $0["speaker"] } == ["mira", "juno", "theo", "juno"])
    #expect(room.turns.map { $0["outcome"] } == ["finished", "finished", "interrupted", "finished"])
  }

  @Test func anExampleWhoseVariablesAreNotSetNamesTheFirst() async throws {
    let ended = try await run("resonant batch examples/plans/self-play.yaml")
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains("the environment variable RESONANT_ENDPOINT is not set"), "\(ended)")
  }
}
