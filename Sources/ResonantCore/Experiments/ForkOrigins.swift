// SPDX-License-Identifier: MIT

import OrderedCollections

/// Checks that the forks of a run directory are forks of the transcripts that are there now. A trial whose file was
/// deleted is held anew, and its old forks would be counted as if they belonged to the new one.
struct ForkOrigins {
  private let directory: RunDirectory
  /// The id of each transcript, by that of its trial.
  private var transcripts: [String: String] = [:]
  private var forks: [(trial: Trial, origin: Transcript.Parent, isKept: Bool)] = []

  init(_ directory: RunDirectory) { self.directory = directory }

  /// - Parameter isKept: whether the file holds more than a fork begins with.
  mutating func add(_ file: TrialFile, of trial: Trial, isKept: Bool) {
    transcripts[trial.id] = file.head.header.id
    if trial.fork != nil, let origin = file.head.header.parent { forks.append((trial, origin, isKept)) }
  }

  /// Notes where trials have been forked. Returns the ids of forks that are to begin anew.
  ///
  /// - Throws: an error for the first fork of another transcript.
  func check(
    _ reports: OrderedDictionary<String, TrialReport>, _ points: ForkPoints
  ) throws(ConfigurationError) -> [String] {
    var stale: [String] = []
    for (trial, origin, isKept) in forks {
      // A file that can't be read is told as such.
      guard let parent = trial.parent, reports[parent]?.isDamaged != true else { continue }
      let isShorter = reports[parent].map { $0.turns < origin.turn } ?? false
      if transcripts[parent] == origin.id, !isShorter {
        points.note(origin.turn, of: parent)
      } else if isKept {
        let (now, way) =
          transcripts[parent] == nil
          ? ("which is not there any more", "put that back, or delete its forks")
          : transcripts[parent] == origin.id
            ? ("which has lost turn \(origin.turn) since", "put that back, or delete its forks")
            : ("which has begun anew since", "delete this fork")
        throw ConfigurationError(
          OptionPlace(file: directory.transcript(of: trial)),
          "was forked from \(directory.path(of: parent)), \(now); \(way) to have it forked again")
      } else {
        stale.append(trial.id)
      }
    }
    return stale
  }
}
