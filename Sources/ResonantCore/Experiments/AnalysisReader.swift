// SPDX-License-Identifier: MIT

import Synchronization

/// Reads transcripts and measures their conversations, on as many processors as there are. Only the measures
/// are kept.
public struct AnalysisReader: Sendable {
  /// What was read of the files.
  public struct Reading: Sendable {
    public var conversations: [ConversationMeasures] = []
    /// A sentence for each thing that was left out.
    public var warnings: [String] = []
    /// Those of the keys of conditions that some conversation has.
    public var foundKeys: Set<String> = []
  }

  private let files: [TranscriptFiles.Candidate]
  private let condition: AnalysisCondition
  private let settings: AnalysisSettings

  /// - Parameter keys: the keys that make conditions; empty for the conditions of the trials.
  public init(_ files: [TranscriptFiles.Candidate], by keys: [String], _ settings: AnalysisSettings) {
    self.files = files
    condition = AnalysisCondition(keys: keys)
    self.settings = settings
  }

  /// Throws for a file that the user named and that is no transcript; others are skipped.
  public func read(processors: Int) async throws -> Reading {
    let queue = Queue()
    return try await withThrowingTaskGroup(of: [(Int, Reading)].self) { group in
      for _ in 0..<max(1, min(processors, files.count)) {
        group.addTask { try readAll(queue) }
      }
      var parts: [(Int, Reading)] = []
      for try await some in group { parts += some }
      return parts.sorted { $0.0 < $1.0 }.reduce(into: Reading()) { whole, part in
        whole.conversations += part.1.conversations
        whole.warnings += part.1.warnings
        whole.foundKeys.formUnion(part.1.foundKeys)
      }
    }
  }

  /// Hands each file to one of the readers.
  private final class Queue: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
  }

  private func readAll(_ queue: Queue) throws -> [(Int, Reading)] {
    var parts: [(Int, Reading)] = []
    while case let index = queue.next(), index < files.count {
      parts.append((index, try read(files[index])))
    }
    return parts
  }

  private func read(_ file: TranscriptFiles.Candidate) throws(RecordError) -> Reading {
    guard file.isNamed || TranscriptFiles.isPlausible(file.path) else { return Reading() }
    let (transcript, warnings): (Transcript, [String])
    do throws(RecordError) {
      (transcript, warnings) = try Transcript.read(contentsOf: file.path)
    } catch {
      if file.isNamed { throw error }
      return Reading(warnings: error.kind == .notTranscript ? [] : ["\(error); it was left out"])
    }
    let (source, found) = source(transcript, path: file.path)
    return Reading(
      conversations: [ConversationMeasures(source, settings)], warnings: warnings, foundKeys: found)
  }

  private func source(_ transcript: Transcript, path: String) -> (AnalysisSource, Set<String>) {
    let header = transcript.header
    let (name, found) = condition.name(of: header, path: path)
    let turns = transcript.turns.filter { $0.outcome != .passed }
    var source = AnalysisSource(
      id: header.id.isEmpty ? "\(path)#0" : header.id, path: path,
      model: AnalysisCondition.models(of: header), condition: name, seed: header.seed,
      texts: turns.map { $0.heard ?? $0.text })
    if header.parent != nil, let event = transcript.events.last(where: { $0.kind == "inject" }) {
      let number = event.fields["n"]?.int
      source.injected = turns.firstIndex { $0.number == number }.map { $0 + 1 }
    }
    return (source, found)
  }
}
