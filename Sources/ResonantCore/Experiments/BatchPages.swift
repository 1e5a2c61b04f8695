// SPDX-License-Identifier: MIT

import OrderedCollections

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The pages of a run directory: one beside each transcript, and an `index.html` that links to them.
public struct BatchPages: Sendable {
  private let directory: RunDirectory
  private let experiment: Experiment
  private let renderer: PageRenderer
  /// The number of pages made at a time, each of which runs a pandoc process.
  private static let atOnce = 4

  public init(_ directory: RunDirectory, of experiment: Experiment, renderer: PageRenderer) {
    self.directory = directory
    self.experiment = experiment
    self.renderer = renderer
  }

  /// The result of writing the pages.
  public struct Writing: Sendable {
    /// The errors, one sentence each.
    public var problems: [String] = []
    /// The number of pages that were not written.
    public var missing = 0
    public var hasIndex = false
    /// What became of the conversations; nil if that was not asked for.
    public var finding: AnalysisFinding?
  }

  /// Writes the pages that are missing or older than their transcripts, then the index. Cancelling the task
  /// also abandons pages in progress. The index lists every trial and links to the pages that exist.
  public func write() async -> Writing {
    // A report without a repeat belongs to a file that is not a transcript.
    let known = directory.reports().values.filter { $0.repeat > 0 }
    var writing = Writing()
    var waiting = known.map(\.id).filter(isMissing)[...]
    let next = { !Task.isCancelled ? waiting.popFirst() : nil }
    await withTaskGroup(of: String?.self) { tasks in
      for _ in 0..<Self.atOnce {
        if let id = next() { tasks.addTask { await writePage(id) } }
      }
      for await problem in tasks {
        if let problem { writing.problems.append(problem) }
        if let id = next() { tasks.addTask { await writePage(id) } }
      }
    }
    let reports = Summary.sorted(known, experiment.places)
    let analysis = await analysis()
    let courses = Dictionary(
      analysis.conversations.map { ($0.source.path, $0) }, uniquingKeysWith: { one, _ in one })
    let rows = reports.map { row($0, course: courses[path($0.id, "jsonl")]) }
    writing.finding = finding(of: analysis)
    let index = GalleryPage.render(
      experiment: experiment.name, rows: rows, finding: writing.finding, program: Version.program)
    let problem = put(index, at: directory.index)
    writing.problems += [problem].compactMap(\.self)
    writing.hasIndex = problem == nil
    writing.missing = known.count { isMissing($0.id) }
    return writing
  }

  /// Of the trials that are over; nil if none has begun.
  private func finding(of analysis: Analysis) -> AnalysisFinding? {
    let groups = Dictionary(grouping: analysis.conversations, by: \.source.ending)
    if groups.isEmpty { return nil }
    return AnalysisFinding(
      Analysis(groups[.over] ?? [], analysis.settings),
      leftOut: .init(failed: groups[.failed]?.count ?? 0, unfinished: groups[.unfinished]?.count ?? 0))
  }

  /// The conversations as far as they have come; none once the task is cancelled.
  private func analysis() async -> Analysis {
    var settings = AnalysisSettings()
    settings.measuresStates = true
    let files = Task.isCancelled ? [] : (try? TranscriptFiles.find([directory.trials])) ?? []
    // Trials that cannot be read are in the list with their errors.
    let reading = try? await AnalysisReader(files, by: [], settings).read(processors: Self.atOnce)
    return Analysis(reading?.conversations ?? [], settings)
  }

  private func path(_ id: String, _ suffix: String) -> String { "\(directory.trials)/\(id).\(suffix)" }

  private func isMissing(_ id: String) -> Bool {
    guard let page = modified(path(id, "html")), let transcript = modified(path(id, "jsonl")) else {
      return true
    }
    return page < transcript
  }

  private func modified(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }

  private func writePage(_ id: String) async -> String? {
    do {
      let transcript = try Transcript.read(contentsOf: path(id, "jsonl")).transcript
      let page = await renderer.page(of: transcript)
      // The page of a cancelled task lacks what pandoc had not rendered yet.
      return Task.isCancelled ? nil : put(page, at: path(id, "html"))
    } catch {
      return error.description
    }
  }

  private func put(_ bytes: [UInt8], at path: String) -> String? {
    do {
      try WholeFile.write(bytes, to: path)
      return nil
    } catch {
      return "\(path) can't be written: \(error)"
    }
  }

  private func row(_ report: TrialReport, course: ConversationMeasures?) -> GalleryPage.Row {
    let hasPage = FileManager.default.fileExists(atPath: path(report.id, "html"))
    var row = GalleryPage.Row(
      trial: report.id, page: hasPage ? "trials/\(report.id).html" : nil, condition: report.condition,
      repeat: report.repeat)
    row.fork = report.fork
    row.reason = report.state == .done || report.state == .failed ? report.reason : nil
    row.turns = report.turns
    row.characters = report.characters
    row.error = report.error
    row.course = course
    return row
  }
}
