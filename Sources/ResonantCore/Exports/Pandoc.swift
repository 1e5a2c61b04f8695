// SPDX-License-Identifier: MIT

import Subprocess
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Renders messages through pandoc, many in one process. Pandoc is not tested beforehand: the first batch
/// shows whether it works.
public actor PandocRenderer {
  /// Time limits for pandoc.
  public struct Patience: Sendable {
    public var batch = Duration.seconds(10)
    /// The additional time for each message of a batch.
    public var message = Duration.milliseconds(10)
    /// The time for a message that is retried alone.
    public var alone = Duration.seconds(5)
    public init() {}
  }

  /// The largest number of processes at a time, however many pages are being written.
  private static let mostProcesses = 4
  /// The largest output that is read, in bytes.
  private static let outputLimit = 256 << 20

  private let path: String
  private let patience: Patience
  private let warn: @Sendable (String) -> Void
  private var hasWarned = false
  /// False once pandoc has failed to start the filter.
  private var isUsable = true
  /// Options for the GHC runtime that limit memory; some builds refuse them.
  private var runtimeOptions = ["+RTS", "-M512M", "-RTS"]
  private var processes = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// The running process groups, by id (that of the first process), and their files.
  private let running = Mutex<[pid_t: BatchFiles]>([:])
  /// The version that pandoc reports; nil before the first batch.
  private(set) var version: String?

  /// - Parameters:
  ///   - path: the path of pandoc.
  ///   - warn: called once, with a sentence, when pandoc fails.
  public init(path: String, patience: Patience = Patience(), warn: @escaping @Sendable (String) -> Void) {
    self.path = path
    self.patience = patience
    self.warn = warn
  }

  /// The version of pandoc; nil when it cannot be used.
  public func probe() async -> String? {
    _ = await render(["-"])
    return isUsable ? version : nil
  }

  /// Renders messages as HTML fragments, in order; nil for a message to be shown as plain text. One process
  /// renders all messages. If it dies on a message, that message is retried alone, and the others continue
  /// without it. The result is pandoc's raw output and must still be checked.
  public func render(_ messages: [String]) async -> [[UInt8]?] {
    await enter()
    defer { leave() }
    var fragments: [[UInt8]?] = []
    var isAlone = false
    while isUsable, !Task.isCancelled, fragments.count < messages.count {
      let batch = isAlone ? [messages[fragments.count]] : Array(messages[fragments.count...])
      let outcome = await attempt(batch, within: isAlone ? patience.alone : allowance(for: batch.count))
      fragments += outcome.fragments
      version = outcome.version ?? version
      // A cancelled task kills pandoc, so its failure proves nothing.
      if Task.isCancelled { break }
      if outcome.fragments.count == batch.count {
        isAlone = false
      } else if outcome.version == nil {
        giveUp(retryingWithoutOptions: !outcome.isTimedOut)
      } else if batch.count == 1 {
        warnOnce("pandoc failed on a message, which the page shows as plain text")
        fragments.append(nil)
        isAlone = false
      } else {
        isAlone = true
      }
    }
    return fragments + Array(repeating: nil, count: messages.count - fragments.count)
  }

  /// Kills the running processes, for a process that exits at once and can't wait for a cancelled task.
  nonisolated func abandon() {
    running.withLock { running in
      for (group, files) in running {
        kill(-group, SIGKILL)
        files.delete()
      }
    }
  }

  private func enter() async {
    if processes < Self.mostProcesses {
      processes += 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  /// Passes the place to the caller that has waited longest.
  private func leave() {
    if waiting.isEmpty { processes -= 1 } else { waiting.removeFirst().resume() }
  }

  private func allowance(for count: Int) -> Duration { patience.batch + patience.message * count }

  private func giveUp(retryingWithoutOptions: Bool) {
    if retryingWithoutOptions, version == nil, !runtimeOptions.isEmpty {
      runtimeOptions = []
      return
    }
    isUsable = false
    warnOnce(Self.unusable(path))
  }

  /// What is said of a pandoc that can't start the filter.
  public static func unusable(_ path: String) -> String {
    "\(path) cannot be used (pandoc 2.17 or later is needed), the page shows plain text"
  }

  private func warnOnce(_ sentence: String) {
    if !hasWarned { warn(sentence) }
    hasWarned = true
  }

  private func attempt(_ batch: [String], within allowance: Duration) async -> PandocOutput {
    let output = Collected()
    let arguments =
      runtimeOptions + ["-f", "commonmark", "-t", "plain", "--sandbox", "--quiet", "--lua-filter"]
    let isTimedOut = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        // Errors are ignored, since the output shows how many messages pandoc finished.
        try? await self.run(arguments, batch, into: output)
        return false
      }
      group.addTask { (try? await Task.sleep(for: allowance)) != nil }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
    return PandocOutput(output.bytes.withLock { $0 }, isTimedOut: isTimedOut)
  }

  private nonisolated func run(
    _ arguments: [String], _ batch: [String], into output: Collected
  ) async throws {
    let files = try BatchFiles(batch)
    defer { files.remove() }
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
    ]
    // Input comes from a file, so that a pandoc that does not read it cannot cause a broken pipe. The
    // document itself is empty.
    _ = try await Subprocess.run(
      .path(.init(path)), arguments: Arguments(arguments + [files.filter, "/dev/null"]),
      platformOptions: options,
      input: .fileDescriptor(.init(rawValue: files.input), closeAfterSpawningProcess: false),
      output: .sequence, error: .discarded
    ) { execution in
      let group = execution.processIdentifier.value
      running.withLock { $0[group] = files }
      defer { running.withLock { $0[group] = nil } }
      var received = 0
      for try await chunk in execution.standardOutput {
        received += chunk.count
        guard received <= Self.outputLimit else { throw CancellationError() }
        output.bytes.withLock { bytes in chunk.withUnsafeBytes { bytes += $0 } }
      }
    }
  }
}

/// The output read so far, which remains available when reading is interrupted.
private final class Collected: Sendable {
  let bytes = Mutex<[UInt8]>([])
}

/// The parsed output of the filter, possibly incomplete.
struct PandocOutput {
  /// Nil when the filter did not start.
  private(set) var version: String?
  /// The finished messages; nil for each that the filter could not render.
  private(set) var fragments: [[UInt8]?] = []
  var isTimedOut: Bool

  init(_ bytes: [UInt8], isTimedOut: Bool) {
    self.isTimedOut = isTimedOut
    var rest = bytes[...]
    guard let greeting = Self.line(&rest), greeting.hasPrefix(PandocFilter.greeting) else { return }
    version = String(greeting.dropFirst(PandocFilter.greeting.count))
    while let words = Self.line(&rest)?.split(separator: " "), words.count == 2, let length = Int(words[1]),
      length >= 0, rest.count >= length
    {
      fragments.append(words[0] == "html" ? Array(rest.prefix(length)) : nil)
      rest = rest.dropFirst(length)
    }
  }

  private static func line(_ rest: inout ArraySlice<UInt8>) -> String? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}

/// The filter and the messages of one run, in a directory that only this user can access.
private struct BatchFiles: Sendable {
  let filter: String
  /// The messages, open for reading.
  let input: Int32
  private let directory: String

  init(_ messages: [String]) throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/resonant-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    filter = directory + "/filter.lua"
    let batch = directory + "/messages"
    do {
      try Data(PandocFilter.source.utf8).write(to: URL(filePath: filter))
      var bytes: [UInt8] = []
      for message in messages {
        bytes += "\(message.utf8.count)\n".utf8
        bytes += message.utf8
      }
      try Data(bytes).write(to: URL(filePath: batch))
      input = open(batch, O_RDONLY | O_CLOEXEC)
      guard input >= 0 else { throw CocoaError(.fileReadUnknown) }
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
  }

  func remove() {
    close(input)
    delete()
  }

  func delete() { try? FileManager.default.removeItem(atPath: directory) }
}
