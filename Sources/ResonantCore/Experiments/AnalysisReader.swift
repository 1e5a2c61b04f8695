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
    /// The conversations of a file that can't be read.
    fileprivate var damages: [RecordError] = []
    /// What is wrong with files of directories of which nothing is left, one each.
    fileprivate var ruins: [RecordError] = []

    fileprivate mutating func add(_ other: Reading) {
      conversations += other.conversations
      warnings += other.warnings
      foundKeys.formUnion(other.foundKeys)
      damages += other.damages
      ruins += other.ruins
    }
  }

  private let files: [TranscriptFiles.Candidate]
  private let format: ForeignFormat?
  private let condition: AnalysisCondition
  private let settings: AnalysisSettings

  /// - Parameters:
  ///   - format: the form of the files; nil to recognise each.
  ///   - keys: the keys that make conditions; empty for the conditions of the trials.
  public init(
    _ files: [TranscriptFiles.Candidate], from format: ForeignFormat? = nil, by keys: [String],
    _ settings: AnalysisSettings
  ) {
    self.files = files
    self.format = format
    condition = AnalysisCondition(keys: keys)
    self.settings = settings
  }

  /// Throws for a file that the user named and that is no transcript; others are skipped.
  public func read(processors: Int) async throws -> Reading {
    var reading = try await Self.each(files.indices, processors) { try await read(files[$0], processors) }
    if let ruins = TranscriptSource.ruins(reading.ruins) { reading.warnings.append(ruins) }
    return reading
  }

  /// Does some work for each index, on several processors, and puts the results together in order.
  private static func each(
    _ indices: Range<Int>, _ processors: Int, _ work: @escaping @Sendable (Int) async throws -> Reading
  ) async throws -> Reading {
    if indices.count == 1 { return try await work(indices.lowerBound) }
    let queue = Queue()
    return try await withThrowingTaskGroup(of: [(Int, Reading)].self) { group in
      for _ in 0..<max(1, min(processors, indices.count)) {
        group.addTask {
          var parts: [(Int, Reading)] = []
          while case let index = indices.lowerBound + queue.next(), index < indices.upperBound {
            parts.append((index, try await work(index)))
          }
          return parts
        }
      }
      var parts: [(Int, Reading)] = []
      for try await some in group { parts += some }
      return parts.sorted { $0.0 < $1.0 }.reduce(into: Reading()) { $0.add($1.1) }
    }
  }

  /// Hands each index to one of the readers.
  private final class Queue: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
  }

  private func read(_ file: TranscriptFiles.Candidate, _ processors: Int) async throws -> Reading {
    let source: TranscriptSource
    do throws(RecordError) {
      guard let opened = try TranscriptSource(file, as: format) else { return Reading() }
      source = opened
    } catch {
      if file.isNamed { throw error }
      return Reading(warnings: error.kind == .notTranscript ? [] : ["\(error); it was left out"])
    }
    var reading = try await Self.each(source.indices, processors) { read(source, $0) }
    reading.warnings = source.warnings + reading.warnings
    if let first = reading.damages.first {
      if reading.conversations.isEmpty {
        let ruin = TranscriptSource.ruin(first, of: reading.damages.count)
        if file.isNamed { throw ruin }
        return Reading(warnings: source.warnings, ruins: [ruin])
      }
      reading.warnings.append(TranscriptSource.damage(first, and: reading.damages.count - 1))
      reading.damages = []
    }
    return reading
  }

  private func read(_ file: TranscriptSource, _ index: Int) -> Reading {
    do throws(RecordError) {
      let transcript = try file.transcript(at: index)
      var (source, found) = source(transcript, path: file.path, index: index)
      // What another tool's file calls its conversations need not tell them apart.
      if source.id.isEmpty || file.format != nil { source.id = "\(file.path)#\(index)" }
      // Those of other tools do not tell.
      source.ending = file.format == nil ? Self.ending(of: transcript) : .over
      return Reading(conversations: [ConversationMeasures(source, settings)], foundKeys: found)
    } catch {
      return Reading(damages: [error])
    }
  }

  private func source(
    _ transcript: Transcript, path: String, index: Int
  ) -> (AnalysisSource, Set<String>) {
    var header = transcript.header
    // A conversation that has gone on has had a higher limit.
    header.settings["max_turns"] = transcript.turnLimit.map(JSONValue.int)
    let (name, found) = condition.name(of: header, path: path)
    let turns = transcript.heardTurns
    var source = AnalysisSource(
      id: header.id, path: path, index: index,
      model: AnalysisCondition.models(of: header), condition: name, seed: header.seed,
      texts: turns.map(\.heardText))
    source.given = Set(
      turns.indices.filter { [.opening, .injected].contains(turns[$0].outcome) }.map { $0 + 1 })
    source.fork = fork(transcript, turns, base: condition.base(of: header, path: path))
    return (source, found)
  }

  private static func ending(of transcript: Transcript) -> AnalysisSource.Ending {
    switch transcript.end?.reason {
    case .error: .failed
    // The same command goes on with a trial; a chat is over when somebody ends it.
    case nil, .interrupted: transcript.header.trial == nil ? .over : .unfinished
    default: .over
    }
  }

  /// How the conversation was forked; nil for one that was not, or neither after a message nor by an experiment.
  private func fork(_ transcript: Transcript, _ turns: [Turn], base: String) -> AnalysisSource.Fork? {
    guard let parent = transcript.header.parent else { return nil }
    if let event = transcript.events.last(where: { $0.kind == "inject" }) {
      let number = event.fields["n"]?.int
      return turns.firstIndex { $0.number == number }.map {
        AnalysisSource.Fork(.disturbed, turn: $0 + 1, of: parent, base: base)
      }
    }
    guard transcript.header.trial?.fork?.place.arm == .control else { return nil }
    let shared = turns.count { $0.number <= parent.turn }
    return AnalysisSource.Fork(.control, turn: shared + 1, of: parent, base: base)
  }
}
