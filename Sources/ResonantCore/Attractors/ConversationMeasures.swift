// SPDX-License-Identifier: MIT

/// A conversation to be analysed.
public struct AnalysisSource: Sendable {
  public var id: String
  /// The file, as it was found.
  public var path: String
  /// Its place among the conversations of the file, from 0.
  public var index: Int
  /// The models, joined by ` + `.
  public var model: String
  /// The conditions are compared with each other.
  public var condition: String
  public var seed: UInt64?
  /// Each turn's text as the other participants received it, in order, without passed turns.
  public var texts: [String]
  /// The turns that nobody was asked for, from 1: the opening and injected messages.
  public var given: Set<Int> = []
  public var ending = Ending.over
  /// Nil for a conversation that is none, or a branch without a message outside of an experiment.
  public var fork: Fork?

  /// Whether a conversation came to its end.
  public enum Ending: Sendable {
    case over
    /// It still goes on, or was interrupted and can go on.
    case unfinished
    case failed
  }

  /// How a conversation branched off another one.
  public struct Fork: Sendable, Equatable {
    public var arm: ForkArm
    /// The injected turn, from 1; of an undisturbed fork the one in its place, which may not have been said yet.
    public var turn: Int
    /// Equal for the forks of a conversation at the same turn.
    public var parent: Transcript.Parent
    /// The condition without what tells those of forks apart.
    public var base: String

    public init(_ arm: ForkArm, turn: Int, of parent: Transcript.Parent, base: String) {
      self.arm = arm
      self.turn = turn
      self.parent = parent
      self.base = base
    }
  }

  public init(
    id: String, path: String, index: Int = 0, model: String = "", condition: String = "",
    seed: UInt64? = nil, texts: [String], fork: Fork? = nil
  ) {
    self.id = id
    self.path = path
    self.index = index
    self.model = model
    self.condition = condition
    self.seed = seed
    self.texts = texts
    self.fork = fork
  }
}

/// How a conversation is analysed.
public struct AnalysisSettings: Sendable {
  public var thresholds = Thresholds()
  /// The words that are counted.
  public var words = WordList.usual
  /// Whether reasoning between `<think>` tags is left out of the texts.
  public var stripsThinking = false
  /// Whether the measures that take longest, those by compression, are wanted.
  public var measuresCompression = false

  /// Whether the state of each turn is wanted, which only pictures show.
  public var measuresStates = false
  /// Whether the similarity of all pairs of turns is wanted, which only pictures show.
  public var measuresRecurrence = false

  public init() {}
}

/// What is measured of a conversation.
public struct ConversationMeasures: Sendable {
  /// The conversation without its texts.
  public let source: AnalysisSource
  public let turns: Int
  /// Nil for a conversation without turns.
  public let attractor: Attractor?
  /// Runs of at least 3 minimal turns, from 1.
  public let episodes: [ClosedRange<Int>]
  /// Whether there was an episode and none of the last 3 turns is minimal.
  public let escapes: Bool
  /// The mean novelty of the tail.
  public let tailNovelty: Double?
  /// The mean similarity of the last turns, as many as the tail has, to the one before each.
  public let tailSimilarity: Double?
  /// The median letters of the tail by those of the beginning.
  public let lengthRatio: Double?

  public let letters: [Int]
  public let novelty: [Double]
  /// Empty unless it was asked for.
  public let zlibNovelty: [Double?]
  public let similarity: [Double?]

  /// The state of each turn; empty unless it was asked for.
  let marks: [TurnMark]
  /// Nil unless it was asked for.
  let recurrence: RecurrenceMatrix?

  /// Equal for conversations with equal texts.
  let fingerprint: Fingerprint
  let tail: [NormalisedText]
  let uses: WordUses
  let fork: ForkCourse?
  /// Whether this is a fork that is compared with others rather than counted with the conversations.
  var isFork: Bool { source.fork != nil }
  /// Whether there is a turn that was not given.
  var isAnswered: Bool { turns > source.given.count }
  /// Whether there are too few turns for a label that tells much.
  var isBrief: Bool { turns < Attractors.fewestTurns }
  /// Whether it converged from its first reply on, or from a turn that was given: that tells nothing of how soon.
  var convergesAtOnce: Bool {
    guard let attractor, attractor.label.isConverged, let onset = attractor.onset else { return false }
    let firstReply = (1...turns).first { !source.given.contains($0) } ?? 1
    return onset <= firstReply || source.given.contains(onset)
  }

  public init(_ source: AnalysisSource, _ settings: AnalysisSettings) {
    let texts = settings.stripsThinking ? source.texts.map(ThinkingSpans.stripped) : source.texts
    let turns = TurnMeasures(texts)
    let thresholds = settings.thresholds
    var withoutTexts = source
    withoutTexts.texts = []
    self.source = withoutTexts
    self.turns = turns.count
    attractor = Attractor(turns, thresholds)
    let head = turns.head
    let isMinimal = (0..<turns.count).map { turns.isIn(.minimal, $0, head: head, thresholds) }
    episodes = Self.episodes(isMinimal)
    escapes = !episodes.isEmpty && !isMinimal.suffix(Self.shortestEpisode).contains(true)
    novelty = turns.novelty
    similarity = turns.stepSimilarities
    letters = turns.letters
    tailNovelty = Statistics.mean(Array(novelty[turns.tail]))
    tailSimilarity = Statistics.mean(similarity.compactMap(\.self).suffix(turns.tail.count))
    lengthRatio = Statistics.median(letters[turns.tail].map(Double.init)).map { $0 / max(1, head) }
    zlibNovelty = settings.measuresCompression ? turns.zlibNovelty : []
    marks = settings.measuresStates ? turns.marks(thresholds) : []
    recurrence = settings.measuresRecurrence ? RecurrenceMatrix(turns.texts) : nil
    fingerprint = Fingerprint(source.texts)
    tail = Array(turns.texts[turns.tail])
    uses = WordUses(texts, settings.words)
    fork = source.fork.flatMap { ForkCourse(turns, $0, thresholds) }
  }

  private static let shortestEpisode = 3

  private static func episodes(_ isMinimal: [Bool]) -> [ClosedRange<Int>] {
    var episodes: [ClosedRange<Int>] = []
    var first = 1
    for turn in 1...(isMinimal.count + 1) where turn > isMinimal.count || !isMinimal[turn - 1] {
      if turn - first >= shortestEpisode { episodes.append(first...(turn - 1)) }
      first = turn + 1
    }
    return episodes
  }
}

/// Two hashes of a conversation's texts, which together make a chance match as good as impossible.
struct Fingerprint: Hashable, Sendable {
  private let first: Int
  private let second: Int

  init(_ texts: [String]) {
    var hashers = (Hasher(), Hasher())
    hashers.1.combine(1)
    // The bytes, because strings that are only canonically equivalent have equal hashes.
    for var text in texts {
      text.withUTF8 { bytes in
        hashers.0.combine(bytes.count)
        hashers.0.combine(bytes: UnsafeRawBufferPointer(bytes))
        hashers.1.combine(bytes.count)
        hashers.1.combine(bytes: UnsafeRawBufferPointer(bytes))
      }
    }
    (first, second) = (hashers.0.finalize(), hashers.1.finalize())
  }
}
