// SPDX-License-Identifier: MIT

import Foundation

/// The built `resonant` program, run as a user runs it: with an environment of its own, without the proxies,
/// keys and settings of whoever runs the tests.
public enum ResonantBinary {
  /// Starts it and hands over the running program. `input` nil leaves its standard input open.
  public static func start(
    _ arguments: [String], in directory: TemporaryDirectory, environment: [String: String] = [:],
    input: String? = ""
  ) async throws -> Program {
    var all = ["PATH": path, "HOME": directory.path, "LANG": "C.UTF-8", "TMPDIR": directory.path]
    all.merge(environment) { $1 }
    return await Program(
      try executable(), arguments, environment: all, directory: directory.path, input: input)
  }

  /// Runs it to its end.
  public static func run(
    _ arguments: [String], in directory: TemporaryDirectory, environment: [String: String] = [:],
    input: String? = "", within seconds: Double = Deadline.program
  ) async throws -> FinishedProgram {
    try await start(arguments, in: directory, environment: environment, input: input)
      .finish(within: seconds)
  }

  /// The search path for child processes, the one thing that is inherited.
  public static var path: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin" }

  /// Path of the executable: `RESONANT_BINARY`, or the one beside the running tests.
  public static func executable() throws -> String {
    if let given = ProcessInfo.processInfo.environment["RESONANT_BINARY"] { return given }
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    var directory = URL(filePath: bundle).deletingLastPathComponent()
    while directory.pathComponents.count > 1 {
      let candidate = directory.appending(path: "resonant").path(percentEncoded: false)
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory), !isDirectory.boolValue
      {
        return candidate
      }
      directory.deleteLastPathComponent()
    }
    throw NotBuilt()
  }

  public struct NotBuilt: Error, CustomStringConvertible {
    public var description: String { "no built `resonant` beside the tests: run `swift build` first" }
  }
}
