// SPDX-License-Identifier: MIT

import ResonantCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What commands need from the machine: environment, clock, random numbers, files, network.
struct Host {
  var environment: [String: String]
  let records = RecordStore()

  static var current: Host { Host(environment: ProcessInfo.processInfo.environment) }

  var now: Date { Date() }

  var context: ResolutionContext {
    ResolutionContext(environment: environment) { UInt64(UInt32.random(in: 0 ... .max)) }
  }

  /// Sixteen random hexadecimal digits.
  func randomID() -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Checks a conversation without sending any request.
  func prepare(
    _ conversation: ResolvedConversation, transcript: Transcript,
    control: RoomControl = RoomControl(.unattended), process: ProcessOptions
  ) throws(ConfigurationError) -> PreparedTrial {
    do {
      return try PreparedTrial(
        conversation, transcript: transcript, control: control,
        network: network(isVerbose: process.verbose))
    } catch {
      throw ConfigurationError(nil, error.description)
    }
  }

  /// The names of a trial's files, none of which exists; nil if the options ask for none.
  func newFiles(for trial: PreparedTrial) throws(ConfigurationError) -> TrialFiles? {
    let conversation = trial.conversation
    let models = conversation.mode == .chat ? conversation.participants.map(\.model) : []
    do {
      return try TrialFiles.new(
        for: conversation.output, models: models, mode: conversation.mode,
        id: trial.transcript.header.id)
    } catch {
      throw ConfigurationError(nil, "\(error)")
    }
  }

  /// The trial with new files, if the options ask for any.
  func withFiles(_ trial: PreparedTrial) async throws(ConfigurationError) -> PreparedTrial {
    guard let files = try newFiles(for: trial) else { return trial }
    do {
      return trial.recorded(
        in: try await RecordWriter.create(files.transcript, store: records), page: files.page)
    } catch {
      throw ConfigurationError(nil, "\(error)")
    }
  }

  /// Gives a new room its files. A moderation log that was asked for by its path comes first, so that nothing is
  /// left where that can't be made.
  func withFiles(
    _ trial: PreparedTrial, moderationLog path: String?
  ) async throws(ConfigurationError) -> (trial: PreparedTrial, log: ModerationLogFile?) {
    var given: ModerationLogFile?
    if let path { given = try moderationLog(path, for: trial, isNew: true) }
    do throws(ConfigurationError) {
      let recorded = try await withFiles(trial)
      if given == nil { given = try moderationLog(nil, for: recorded, isNew: true) }
      return (recorded, given)
    } catch {
      given?.remove()
      throw error
    }
  }

  /// Opens a transcript to continue it.
  func reopen(_ path: String) async throws(ConfigurationError) -> RecordWriter.Resumed {
    do {
      return try await RecordWriter.resume(path, store: records)
    } catch {
      let file = TranscriptFiles.Candidate(named: path)
      if [.notTranscript, .missing].contains(error.kind), let form = try? TranscriptSource(file)?.format {
        throw ConfigurationError(
          OptionPlace(file: path),
          "is another tool's file (\(form.rawValue)), in which no conversation can go on; `resonant fork` goes"
            + " on in a new file")
      }
      throw ConfigurationError(nil, "\(error)")
    }
  }

  /// The only conversation in a file, or the one that `PATH#INDEX` names, and warnings about defects that don't
  /// prevent reading it.
  func read(
    _ path: String, from format: ForeignFormat?
  ) throws(ConfigurationError) -> (transcript: Transcript, warnings: [String]) {
    do {
      guard let source = try TranscriptSource(.init(named: path), as: format) else {
        throw RecordError(.notTranscript, path, "this is no transcript")
      }
      if source.indices.count > 1 {
        throw RecordError(
          .notTranscript, path,
          "the file holds \(source.indices.count) conversations; choose one with \(path)#0 to"
            + " \(path)#\(source.indices.count - 1)")
      }
      return (try source.transcript(at: source.indices.lowerBound), source.warnings)
    } catch {
      throw ConfigurationError(nil, "\(error)")
    }
  }

  /// The moderation log of a room; nil for a chat, or if nothing is saved.
  ///
  /// - Parameter path: nil for the one beside the transcript, which a conversation that goes on appends to.
  func moderationLog(
    _ path: String?, for trial: PreparedTrial, isNew: Bool
  ) throws(ConfigurationError) -> ModerationLogFile? {
    let beside = trial.record.map { TrialFiles(transcript: $0.path, page: nil).moderationLog }
    guard trial.conversation.mode == .party, trial.conversation.output.save, let log = path ?? beside else {
      return nil
    }
    do {
      return try ModerationLogFile(log, isNew: isNew || path != nil, warn: Diagnostics.warning)
    } catch {
      throw ConfigurationError(nil, error.description)
    }
  }

  /// Holds a conversation in this terminal; throws `RunEnd` with the exit code.
  ///
  /// - Parameter log: the moderation log of a room.
  func hold(
    _ trial: PreparedTrial, process: ProcessOptions, desk: ControlDesk? = nil, log: ModerationLogFile? = nil
  ) async throws {
    let presentation = Presentation(
      process, showsThinking: trial.conversation.output.showThinking, environment: environment)
    warn(aboutCostOf: trial)
    let runner = TrialRunner(
      pages: pages(trial.conversation.output.pandocPath), warn: Diagnostics.warning)
    let run = ConversationRun(trial: trial, runner: runner, presentation: presentation, desk: desk, log: log)
    let code = await run.run()
    if code != 0 { throw RunEnd(code: code) }
  }

  /// A room without a turn limit ends when somebody ends it.
  private func warn(aboutCostOf trial: PreparedTrial) {
    let (conversation, turns) = (trial.conversation, trial.transcript.turns.count)
    guard conversation.settings.maxTurns != nil, conversation.settings.budgetTokens == nil else { return }
    let bill = BatchForecast.bill(for: conversation, after: turns)
    if let warning = bill.warning(brake: "--budget-tokens") { Diagnostics.warning(warning) }
  }

  func network(isVerbose: Bool) -> EndpointNetwork {
    EndpointNetwork(
      environment: environment, log: isVerbose ? Diagnostics.line : nil, onHelp: Diagnostics.noteHelp)
  }

  func pages(_ pandoc: String?) -> PageRenderer {
    PageRenderer(pandoc: pandoc ?? context.program("pandoc"), warn: Diagnostics.warning)
  }

  /// The path of this program.
  static var programPath: String {
    let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return path ?? absolute(CommandLine.arguments.first ?? "resonant")
  }

  /// The path of a document that was installed with this program, as `PREFIX/bin/resonant`; nil without one.
  static func installed(_ document: String) -> String? {
    let folders = programPath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    guard folders.last == "bin" else { return nil }
    let path = folders.dropLast().joined(separator: "/") + "/share/doc/resonant/" + document
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// `path` as an absolute path.
  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    let current = FileManager.default.currentDirectoryPath
    return path == "." ? current : current + "/" + path
  }
}
