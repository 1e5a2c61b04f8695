// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where an experiment keeps everything: `plan.json` as it was last run, `trials/<trial id>.jsonl`, and what
/// follows from them, `summary.jsonl` and `summary.csv`; `.lock` is held by who writes these two. Several processes,
/// also on several machines, may work in one directory.
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

  /// Path of the page that leads to those of the trials.
  public var index: String { path + "/index.html" }
  public var hasIndex: Bool { FileManager.default.fileExists(atPath: index) }

  public func transcript(of trial: Trial) -> String { path(of: trial.id) }

  func path(of id: String) -> String { "\(trials)/\(id).jsonl" }

  /// Makes the directories that are missing, and removes what killed processes have left of files. Throws `InvalidValue` when that fails.
  public func make() throws(InvalidValue) {
    do {
      try FileManager.default.createDirectory(atPath: trials, withIntermediateDirectories: true)
    } catch {
      throw InvalidValue(
        "the directory \(trials) can't be made\(FileProblem.reason(error)); choose another with --out")
    }
    for directory in [path, trials] { WholeFile.removeRemains(in: directory) }
  }

  /// Keeps the plan as it is resolved now.
  public func keep(_ experiment: Experiment) throws(InvalidValue) {
    let text = experiment.json.json + [UInt8(ascii: "\n")]
    let path = path + "/plan.json"
    // Many processes begin with the same plan: it is written once.
    if let kept = try? Data(contentsOf: URL(filePath: path)), Array(kept) == text { return }
    try write(text, to: "plan.json")
  }

  /// Writes the two files of the summary.
  public func write(_ summary: Summary) throws(InvalidValue) {
    try write(summary.jsonLines, to: "summary.jsonl")
    try write(summary.csv, to: "summary.csv")
  }

  private func write(_ bytes: [UInt8], to name: String) throws(InvalidValue) {
    do {
      try WholeFile.write(bytes, to: "\(path)/\(name)")
    } catch {
      throw InvalidValue("\(path)/\(name) can't be written: \(error)")
    }
  }

  /// The right to write what is derived, which only one process has at a time, on this machine or on another one
  /// whose file system passes locks on. Nil when it can't be had: whoever has it may have been stopped.
  ///
  /// - Parameter patience: seconds to wait for it at most, holding up the thread.
  func lock(patience: Double) -> TrialLock.Held? { TrialLock.take(path + "/.lock", patience: patience) }

  /// The ids of all trials of which there is a file, in order; none while the directory does not exist.
  func ids() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: trials)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(".jsonl".count)) }.sorted()
  }

  /// What there is of a trial; nil for a file in which nothing has begun, and for one that is no trial's.
  ///
  /// - Throws: `InvalidValue` for a file that can't be read.
  func file(of id: String) throws(InvalidValue) -> TrialFile? {
    try TrialFile(id: id, path: path(of: id))
  }

  /// What is known of each trial, by id. A file that can't be read counts as failed, with the reason.
  public func reports() -> OrderedDictionary<String, TrialReport> { TrialReports(self).look() }
}
