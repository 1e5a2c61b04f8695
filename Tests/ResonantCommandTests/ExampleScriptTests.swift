// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// The scripts of `examples`, each run on the builtin models, and those about a service against a server that speaks
/// its format.
struct ExampleScriptTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL.path(percentEncoded: false)

  private static let scripts = executables("examples") + executables("examples/room")
  private static let services = executables("examples/services")

  /// The executable files of a folder of the repository, by their path from its root.
  private static func executables(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    return names.sorted().map { "\(folder)/\($0)" }.filter { path in
      var isDirectory: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isDirectory)
      return exists && !isDirectory.boolValue
        && FileManager.default.isExecutableFile(atPath: "\(root)/\(path)")
    }
  }

  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func run(
    _ script: String, _ variables: [String: String] = [:], _ arguments: [String] = []
  ) async throws -> FinishedProgram {
    var environment = [
      "PATH": ResonantBinary.path, "HOME": directory.path, "TMPDIR": directory.path, "LANG": "C.UTF-8",
      "RESONANT": try ResonantBinary.executable(), "RESONANT_OUT": directory.path("out"),
      "RESONANT_SLURM": "no",
    ]
    environment.merge(variables) { $1 }
    return try await Program(
      "/bin/bash", ["\(Self.root)/\(script)"] + arguments, environment: environment, directory: directory.path
    ).finish(within: 180)
  }

  @Test func thereAreScriptsForEveryUse() {
    #expect(
      Self.scripts == [
        "examples/backrooms", "examples/fork", "examples/mixed-pair", "examples/replay", "examples/resume",
        "examples/slurm", "examples/template", "examples/three-participants", "examples/two-models",
        "examples/room/models", "examples/room/run",
      ])
    #expect(
      Self.services.map { $0.split(separator: "/").last } == [
        "anthropic", "llamacpp", "lmstudio", "ollama", "openai", "openrouter", "vllm",
      ])
  }

  @Test(arguments: scripts + services)
  func aScriptRunsOnTheBuiltinModels(script: String) async throws {
    let ended = try await run(script, ["RESONANT_ENDPOINT": "builtin:"])
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(directory.files.contains { $0.hasPrefix("out/") && $0.hasSuffix(".jsonl") })
  }

  /// A path that tells the service's format, and a reply in it.
  private static func format(of service: String) -> (path: String, reply: @Sendable (String) -> Answer) {
    switch service.split(separator: "/").last {
    case "anthropic": ("/v1/messages", { .anthropic(.text($0)) })
    case "ollama": ("/api/chat", { .ollama(.text($0)) })
    default: ("/v1/chat/completions", { .openAI(.text($0)) })
    }
  }

  @Test(arguments: services)
  func aScriptTalksToItsService(script: String) async throws {
    let (path, reply) = Self.format(of: script)
    let server = try await ScriptedServer { request in
      guard request.method == "POST" else {
        return .json(["data": [["id": "mine"]], "models": [["name": "mine"]]])
      }
      return request.path == path ? reply("Reply \(request.number).") : .error(404, "no such path")
    }
    let ended = try await run(
      script, ["RESONANT_ENDPOINT": server.url(path), "RESONANT_MODEL": "mine"], ["--max-turns", "4"])
    #expect(ended.exitCode == 0, "\(ended)")
    let turns = server.requests.filter { $0.method == "POST" }
    #expect(turns.count == 3, "\(ended)")
    #expect(turns.allSatisfy { $0.json["model"] == "mine" })
  }

  @Test(arguments: [
    ("examples/services/openai", "OPENAI_API_KEY"), ("examples/services/anthropic", "ANTHROPIC_API_KEY"),
    ("examples/services/openrouter", "OPENROUTER_API_KEY"), ("examples/mixed-pair", "OPENAI_API_KEY"),
  ])
  func aMissingKeyIsNamed(script: String, variable: String) async throws {
    let ended = try await run(script)
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains("the environment variable \(variable) is not set"), "\(ended)")
    #expect(directory.files.isEmpty)
  }

  @Test func aMissingModelIsAskedFor() async throws {
    let ended = try await run("examples/two-models", ["RESONANT_ENDPOINT": "ollama"])
    #expect(ended.exitCode == 2, "\(ended)")
    #expect(ended.errors.contains("RESONANT_MODEL"), "\(ended)")
  }

  // MARK: Preambles

  private static let preambles =
    ((try? FileManager.default.contentsOfDirectory(atPath: root + "/preambles")) ?? []).sorted()

  /// The flags that give the file to a conversation of two or three.
  private static func flags(for file: String) -> [String] {
    let path = "\(root)/preambles/\(file)"
    if file.hasSuffix(".system.txt") { return ["--system-prompt-file", path] }
    return file.hasSuffix(".jsonl") ? ["--template", path] : ["--bob-preamble", path]
  }

  @Test(arguments: preambles.filter { $0 != "README.md" })
  func aPreambleIsWhatItsNameSays(file: String) async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", "builtin:", "--model", "eliza", "--max-turns", "4", "--name", "t"]
        + Self.flags(for: file),
      in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(!ended.errors.contains("warning"), "\(ended)")
    #expect(try WrittenTranscript(directory.read("t.jsonl")).turns.count == 4)
    let index = try String(contentsOfFile: Self.root + "/preambles/README.md", encoding: .utf8)
    #expect(index.contains(file))
  }
}
