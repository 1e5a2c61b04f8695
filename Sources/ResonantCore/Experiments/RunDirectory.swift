// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where an experiment keeps everything: `plan.json` as it was last run, `trials/<trial id>.jsonl`, and what
/// follows from them, `summary.jsonl` and `summary.csv`. Several processes, also on several machines, may work
/// in one directory.
public struct RunDirectory: Sendable, Equatable {
  /// Path of the directory.
  public let path: String
  /// Path of the transcripts' directory.
  public var trials: String { path + "/trials" }

  /// - Parameters:
  ///   - parent: the directory that holds the run directories.
  ///   - name: the experiment's.
  public init(in parent: String, name: String) {
    path = parent.isEmpty || parent == "." ? name : parent + "/" + name
  }

  public func transcript(of trial: Trial) -> String { "\(trials)/\(trial.id).jsonl" }

  /// Makes the directories that are missing. Throws `InvalidValue` when that fails.
  public func make() throws(InvalidValue) {
    do {
      try FileManager.default.createDirectory(atPath: trials, withIntermediateDirectories: true)
    } catch {
      throw InvalidValue("the directory \(trials) can't be made; choose another with --out")
    }
  }

  /// Keeps the plan as it is resolved now.
  public func keep(_ experiment: Experiment) throws(InvalidValue) {
    let text = experiment.json.json + [UInt8(ascii: "\n")]
    let path = path + "/plan.json"
    // Many processes begin with the same plan: it is written once.
    if let kept = try? Data(contentsOf: URL(filePath: path)), Array(kept) == text { return }
    try write(text, to: "plan.json")
  }

  /// Writes the summary, each of its files at once.
  public func write(_ summary: Summary) throws(InvalidValue) {
    try write(summary.jsonLines, to: "summary.jsonl")
    try write(summary.csv, to: "summary.csv")
  }

  private func write(_ bytes: [UInt8], to name: String) throws(InvalidValue) {
    do {
      try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"), options: .atomic)
    } catch {
      throw InvalidValue("\(path)/\(name) can't be written")
    }
  }

  /// What there is of each trial, by id; nothing while the directory does not exist.
  public func files() -> OrderedDictionary<String, TrialFile> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: trials)) ?? []
    var files: OrderedDictionary<String, TrialFile> = [:]
    for name in names.sorted() where name.hasSuffix(".jsonl") {
      let id = String(name.dropLast(".jsonl".count))
      files[id] = TrialFile(id: id, path: "\(trials)/\(name)")
    }
    return files
  }
}

/// The transcript of a trial in a run directory.
public struct TrialFile: Sendable, Equatable {
  public var report: TrialReport
  /// Header and preambles.
  public var head: Transcript
  /// Whether anything in it was generated, so that it would be a mix if it went on under other options.
  public var hasReplies: Bool

  /// Nil for a file in which nothing has begun, and for one that is no trial's.
  init?(id: String, path: String) {
    guard let edges = try? TranscriptEdges(contentsOf: path), let head = edges.head,
      let trial = head.header.trial
    else { return nil }
    self.head = head
    report = TrialReport(id: id, condition: trial.condition, repeat: trial.repeat, state: .unfinished)
    if case .end(let end) = edges.last {
      report.take(end)
      hasReplies = end.turns > (head.header.settings["no_opening"] == true ? 0 : 1)
    } else {
      guard let transcript = try? Transcript.read(contentsOf: path).transcript else { return nil }
      report.take(transcript)
      hasReplies = transcript.turns.contains { $0.outcome != .opening && !$0.outcome.isCut }
    }
    if report.state != .done, TrialLock.isTaken(path) { report.state = .running }
  }
}

extension TrialReport {
  /// Takes over how a conversation ended.
  mutating func take(_ end: Transcript.End) {
    reason = end.reason
    turns = end.turns
    characters = end.characters
    usage = end.usage
    milliseconds = end.milliseconds
    error = end.error
    switch end.reason {
    case .error: state = .failed
    case .interrupted: state = .unfinished
    default: state = .done
    }
  }

  /// Takes over what there is of a conversation that has not come to its end.
  mutating func take(_ transcript: Transcript) {
    if let end = transcript.end { return take(end) }
    let turns = transcript.turns.filter { !$0.outcome.isCut }
    self.turns = turns.count
    characters = turns.reduce(0) { $0 + $1.characters }
    usage = transcript.turns.reduce(.zero) { $0 + ($1.usage ?? .zero) }
    milliseconds = turns.reduce(0) { $0 + $1.milliseconds }
  }
}
