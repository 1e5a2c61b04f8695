// SPDX-License-Identifier: MIT

/// The limits from which on a conversation counts as being in a state. Every result depends on them, so they
/// are printed with it.
public struct Thresholds: Sendable, Equatable {
  /// The most letters of a minimal turn: those of a short sentence.
  public var minimalLetters = 40.0
  /// A turn that deflates to a smaller share of its size is degenerate. Prose deflates to about half.
  public var degenerateRatio = 0.25
  /// The fewest bytes of a turn that can be degenerate; shorter ones deflate badly whatever they say.
  public var degenerateBytes = 400.0
  /// The most letters of a short turn, as a share of those at the beginning of the conversation.
  public var shortShare = 0.2
  /// The similarity from which on turns share a skeleton: recurrent turns and template loops.
  public var templateSimilarity = 0.4
  /// The similarity from which on turns are the same text. It allows a changed word.
  public var verbatimSimilarity = 0.95
  /// The least similarity of a turn that echoes the one before.
  public var echoSimilarity = 0.5
  /// The similarity of the turns between echoes stays below this share of theirs.
  public var echoShare = 0.5
  /// The share of the last turns that must be in a state that holds.
  public var holdShare = 2.0 / 3
  /// The share of the turns from the onset on that are in the state.
  public var onsetShare = 0.6

  public init() {}

  private typealias Path = any WritableKeyPath<Thresholds, Double> & Sendable

  private static let paths: KeyValuePairs<String, Path> = [
    "minimal_letters": \.minimalLetters, "degenerate_ratio": \.degenerateRatio,
    "degenerate_bytes": \.degenerateBytes, "short_share": \.shortShare,
    "template_similarity": \.templateSimilarity, "verbatim_similarity": \.verbatimSimilarity,
    "echo_similarity": \.echoSimilarity, "echo_share": \.echoShare, "hold_share": \.holdShare,
    "onset_share": \.onsetShare,
  ]

  public static var names: [String] { paths.map(\.key) }

  /// Names and values, always in the same order.
  public var values: [(name: String, value: Double)] { Self.paths.map { ($0.key, self[keyPath: $0.value]) } }

  /// A number or a fraction, such as `2/3`.
  private static func number(_ text: Substring) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    guard let one = parts[0] else { return nil }
    if parts.count == 1 { return one }
    guard parts.count == 2, let other = parts[1], other != 0 else { return nil }
    return one / other
  }

  /// Sets one of them as a user writes it, `NAME=VALUE`.
  public mutating func set(_ assignment: String) throws(InvalidValue) {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let path = Self.paths.first(where: { $0.key == name })?.value else {
      throw InvalidValue("there is no threshold \(name); there are \(Self.names.joined(separator: ", "))")
    }
    guard parts.count == 2, let value = Self.number(parts[1]), value.isFinite, value >= 0 else {
      throw InvalidValue("\(name) needs a number that is not negative, as in \(name)=\(self[keyPath: path])")
    }
    let isShare = Thresholds()[keyPath: path] <= 1
    guard !isShare || value <= 1 else {
      throw InvalidValue("\(name) is a share, from 0 to 1, not \(parts[1])")
    }
    self[keyPath: path] = value
  }
}
