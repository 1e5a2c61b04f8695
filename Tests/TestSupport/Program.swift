// SPDX-License-Identifier: MIT

import Foundation
import Subprocess

/// How a program ended and what it wrote.
public struct FinishedProgram: Sendable, CustomStringConvertible {
  /// Nil when a signal ended it.
  public let exitCode: Int?
  /// The signal that ended it, if one did.
  public let signal: Int?
  public let stdout: [UInt8]
  public let stderr: [UInt8]

  public var output: String { String(decoding: stdout, as: UTF8.self) }
  public var errors: String { String(decoding: stderr, as: UTF8.self) }
  public var description: String {
    "exit \(exitCode.map(String.init) ?? "by signal \(signal ?? 0)")\nstdout:\n\(output)\nstderr:\n\(errors)"
  }
}

/// A program that tests start, talk to and wait for. It is killed with the value.
public final class Program: Sendable {
  private struct State: Sendable {
    var pid: pid_t?
    var stdout: [UInt8] = []
    var stderr: [UInt8] = []
    var end: TerminationStatus?
    var failure: String?
  }

  private let state = Watched(State())
  private let input: AsyncStream<[UInt8]>.Continuation
  private let running: Task<Void, Never>

  /// Starts an executable.
  ///
  /// - Parameters:
  ///   - environment: all of it; nothing is inherited.
  ///   - input: what it reads; nil to leave its standard input open for `write`.
  ///
  /// Waits for its turn: programs run in as many directories at once as there are processors.
  public init(
    _ executable: String, _ arguments: [String], environment: [String: String], directory: String,
    input text: String? = ""
  ) async {
    await Slots.processors.take(for: directory)
    let (inputs, input) = AsyncStream.makeStream(of: [UInt8].self)
    self.input = input
    if let text {
      if !text.isEmpty { input.yield(Array(text.utf8)) }
      input.finish()
    }
    let configuration = Configuration(
      executable: .path(.init(executable)), arguments: Arguments(arguments),
      environment: .custom(
        Dictionary(
          uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })),
      workingDirectory: .init(directory))
    running = Task { [state] in
      do {
        let status = try await Self.run(configuration, state: state, inputs: inputs)
        state.update { $0.end = status }
      } catch {
        state.update { $0.failure = "\(error)" }
      }
      await Slots.processors.giveBack(for: directory)
    }
  }

  deinit {
    running.cancel()
  }

  private static func run(
    _ configuration: Configuration, state: Watched<State>, inputs: AsyncStream<[UInt8]>
  ) async throws -> TerminationStatus {
    try await Subprocess.run(configuration, input: .inputWriter, output: .sequence, error: .sequence) {
      execution in
      let (pid, stdin) = (execution.processIdentifier.value, execution.standardInputWriter)
      let (stdout, stderr) = (execution.standardOutput, execution.standardError)
      state.update { $0.pid = pid }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for try await piece in stdout {
            let bytes = piece.withUnsafeBytes { Array($0) }
            state.update { $0.stdout += bytes }
          }
        }
        group.addTask {
          for try await piece in stderr {
            let bytes = piece.withUnsafeBytes { Array($0) }
            state.update { $0.stderr += bytes }
          }
        }
        let writing = Task {
          for await bytes in inputs { _ = try? await stdin.write(bytes) }
          try? await stdin.finish()
        }
        try await group.waitForAll()
        writing.cancel()
      }
    }.terminationStatus
  }

  /// What it has written to standard output so far.
  public var output: String { String(decoding: state.value.stdout, as: UTF8.self) }
  /// What it has written to standard error so far.
  public var errors: String { String(decoding: state.value.stderr, as: UTF8.self) }

  public func waitForOutput(containing text: String) async throws {
    let wanted = Array(text.utf8)
    try await waitForProgress("“\(text)” on stdout") { $0.stdout.firstRange(of: wanted) != nil }
  }

  public func waitForErrors(containing text: String) async throws {
    let wanted = Array(text.utf8)
    try await waitForProgress("“\(text)” on stderr") { $0.stderr.firstRange(of: wanted) != nil }
  }

  private func waitForProgress(_ what: String, until isMet: @escaping @Sendable (State) -> Bool) async throws
  {
    let last = try await state.wait(for: "\(what) of \(self.output)") {
      isMet($0) || $0.end != nil || $0.failure != nil
    }
    guard isMet(last) else { throw EndedEarly(what: what, program: Self.finished(last)) }
  }

  /// Writes a line to its standard input.
  public func write(_ line: String) {
    input.yield(Array((line + "\n").utf8))
  }

  public func closeInput() {
    input.finish()
  }

  /// Sends a signal such as `SIGINT`.
  public func send(_ signal: Int32) async throws {
    let state = try await state.wait(for: "the program to start") { $0.pid != nil || $0.failure != nil }
    if let pid = state.pid, state.end == nil { kill(pid, signal) }
  }

  /// Waits for its end; kills it and throws when that takes longer than `seconds`.
  public func finish(within seconds: Double = Deadline.program) async throws -> FinishedProgram {
    do {
      let last = try await state.wait(for: "the program to end", within: seconds) {
        $0.end != nil || $0.failure != nil
      }
      if let failure = last.failure { throw NotStarted(reason: failure) }
      return Self.finished(last)
    } catch let late as DeadlineExceeded {
      running.cancel()
      throw StillRunning(seconds: late.seconds, output: output, errors: errors)
    }
  }

  private static func finished(_ state: State) -> FinishedProgram {
    var (exitCode, signal) = (nil as Int?, nil as Int?)
    switch state.end {
    case .exited(let code): exitCode = Int(code)
    case .signaled(let code): signal = Int(code)
    case nil: break
    }
    return FinishedProgram(exitCode: exitCode, signal: signal, stdout: state.stdout, stderr: state.stderr)
  }

  public struct EndedEarly: Error, CustomStringConvertible {
    let what: String
    let program: FinishedProgram
    public var description: String { "the program ended without \(what): \(program)" }
  }

  public struct StillRunning: Error, CustomStringConvertible {
    let seconds: Double
    let output: String
    let errors: String
    public var description: String {
      "still running after \(seconds) s\nstdout:\n\(output)\nstderr:\n\(errors)"
    }
  }

  public struct NotStarted: Error { let reason: String }
}
