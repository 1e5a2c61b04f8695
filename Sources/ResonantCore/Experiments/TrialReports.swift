// SPDX-License-Identifier: MIT

import OrderedCollections
import Synchronization

/// The reports of a directory in which other processes also work. The file of a finished trial is read once,
/// and again only after it has changed.
final class TrialReports: Sendable {
  private typealias Known = [String: (stamp: FileStamp, report: TrialReport)]

  private let directory: RunDirectory
  private let finished = Mutex<Known>([:])

  init(_ directory: RunDirectory) { self.directory = directory }

  /// Reads all new or changed files. Returns the reports of all trials.
  ///
  /// - Parameter visit: called with each file that had to be read.
  func look(
    _ visit: (TrialFile) throws(ConfigurationError) -> Void = { _ in }
  ) throws(ConfigurationError) -> OrderedDictionary<String, TrialReport> {
    var reports: OrderedDictionary<String, TrialReport> = [:]
    for id in directory.ids() {
      // The stamp is taken before reading, so that a change during the read is noticed next time.
      let stamp = stamp(of: id)
      if let known = finished.withLock({ $0[id] }), let stamp, known.stamp == stamp {
        reports[id] = known.report
        continue
      }
      switch Result(catching: { () throws(InvalidValue) in
        try directory.file(of: id)
      }) {
      case .success(nil): break
      case .success(let file?):
        reports[id] = file.report
        if let stamp, file.report.state == .done { note(file.report, stamp) }
        try visit(file)
      case .failure(let error): reports[id] = .unreadable(id, error)
      }
    }
    return reports
  }

  /// The same without a visitor, and so without errors.
  func look() -> OrderedDictionary<String, TrialReport> {
    (try? look { (_: TrialFile) throws(ConfigurationError) in }) ?? [:]
  }

  /// Stores the report of a trial that this process has just finished, so that its file need not be read.
  func note(_ report: TrialReport) {
    if report.state == .done, let stamp = stamp(of: report.id) { note(report, stamp) }
  }

  private func stamp(of id: String) -> FileStamp? { FileStamp(of: directory.path(of: id)) }

  private func note(_ report: TrialReport, _ stamp: FileStamp) {
    finished.withLock { $0[report.id] = (stamp, report) }
  }
}
