// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The directory with all files of an experiment: `plan.json` as last run, `trials/<trial id>.jsonl`, and
/// `summary.jsonl` and `summary.csv`, which are derived from these. A process that writes the summary holds
/// `.lock`. Several processes, even on several machines, may work in one directory.
public struct RunDirectory: Sendable, Equatable {
  public let path: String
  /// The path of the transcripts' directory.
  public var trials: String { path + "/trials" }

  /// - Parameters:
  ///   - parent: the directory that holds the run directories.
  ///   - name: the name of the experiment.
  public init(in parent: String, name: String) {
    path = parent.isEmpty || parent == "." ? name : parent + "/" + name
  }

  /// The path of the page that links to those of the trials.
  public var index: String { path + "/index.html" }
  public var hasIndex: Bool { FileManager.default.fileExists(atPath: index) }

  public func transcript(of trial: Trial) -> String { path(of: trial.id) }

  func path(of id: String) -> String { "\(trials)/\(id).jsonl" }

  /// Creates missing directories, and removes temporary files of killed processes. Throws `InvalidValue` on
  /// failure.
  public func make() throws(InvalidValue) {
    do {
      try FileManager.default.createDirectory(atPath: trials, withIntermediateDirectories: true)
    } catch {
      throw InvalidValue(
        "the directory \(trials) can't be made\(FileProblem.reason(error)); choose another with --out")
    }
    for directory in [path, trials] { WholeFile.removeRemains(in: directory) }
  }

  /// Writes the plan as it is resolved now.
  public func keep(_ experiment: Experiment) throws(InvalidValue) {
    let text = experiment.json.json + [UInt8(ascii: "\n")]
    let path = path + "/plan.json"
    // Many processes may start with the same plan; only the first needs to write it.
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

  /// The lock for writing derived files, held by one process at a time, also across machines if the file
  /// system passes locks on. Nil when it can't be had within `patience`, for example because its holder was
  /// suspended.
  ///
  /// - Parameter patience: the longest time to wait, in seconds; the thread is blocked.
  func lock(patience: Double) -> TrialLock.Held? { TrialLock.take(path + "/.lock", patience: patience) }

  /// The sorted ids of all trials with a file; empty if the directory does not exist.
  func ids() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: trials)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(".jsonl".count)) }.sorted()
  }

  /// The trial's transcript; nil for a file without a complete header, and for one that does not belong to a
  /// trial.
  ///
  /// - Throws: `InvalidValue` for an unreadable file.
  func file(of id: String) throws(InvalidValue) -> TrialFile? {
    try TrialFile(id: id, path: path(of: id))
  }

  /// The report of each trial, by id. An unreadable file counts as failed, with the reason.
  public func reports() -> OrderedDictionary<String, TrialReport> { TrialReports(self).look() }
}
