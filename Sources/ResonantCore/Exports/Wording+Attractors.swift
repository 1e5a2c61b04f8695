// SPDX-License-Identifier: MIT

/// What conversations become, in words for people who do not know the measures.
extension AttractorLabel {
  /// In bars and tables.
  var plainName: String {
    switch self {
    case .degenerate: "word soup"
    case .minimal: "very short turns"
    case .verbatim: "same texts"
    case .template: "same skeletons"
    case .echo: "echo"
    case .winddown: "winding down"
    case .sustained: "goes on"
    }
  }

  /// What it means.
  var meaning: String {
    switch self {
    case .degenerate: "each turn repeats itself within"
    case .minimal: "by default 40 letters at most"
    case .verbatim: "the same texts come again and again"
    case .template: "the same sentences with other words in them"
    case .echo: "one says again what the other said"
    case .winddown: "turns much shorter than at the start"
    case .sustained: "none of these: still a conversation"
    }
  }

  /// What a conversation drifts into.
  var state: String {
    switch self {
    case .degenerate: "word soup"
    case .minimal: "very short turns"
    case .verbatim: "a loop of the same texts"
    case .template: "a loop of the same skeletons"
    case .echo: "an echo"
    case .winddown: "much shorter turns"
    case .sustained: "none of these states"
    }
  }

  /// What conversations do that do not converge.
  var course: String {
    switch self {
    case .echo: "end in an echo"
    case .winddown: "wind down"
    default: "go on as conversations"
    }
  }

  /// The class that sets its colour.
  var hue: String {
    switch self {
    case .degenerate: "hue-d"
    case .minimal: "hue-m"
    case .verbatim: "hue-v"
    case .template: "hue-t"
    case .echo: "hue-e"
    case .winddown: "hue-w"
    case .sustained: "hue-s"
    }
  }
}

extension Attractor {
  /// What `minimal` means for a conversation that was never anything else.
  static let shortThroughout = "very short turns from the start"
  /// What it means for one that is also a loop.
  static let sameShort = "the same very short turns again and again"

  /// `same texts (verbatim loop), period 2, from turn 7 on`.
  ///
  /// - Parameter number: the number by which readers know a turn.
  func words(number: (Int) -> Int = { $0 }) -> String {
    if label == .minimal, period > 0 {
      let onset = onset.map { $0 == 1 ? ", from the start" : ", from turn \(number($0)) on" } ?? ""
      return "\(Self.sameShort) (minimal, period \(period))" + onset
    }
    // The turns of a conversation have become short only if they were longer before.
    if label == .minimal, onset == 1 { return "\(Self.shortThroughout) (minimal)" }
    let loop = [.verbatim, .template].contains(label) && period > 0 ? " loop" : ""
    let parts = [
      label.plainName + (label == .echo ? "" : " (\(label.rawValue)\(loop))"),
      period > 0 ? "period \(period)" : nil,
      onset.map { "from turn \(number($0)) on" },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }
}

extension ConversationMeasures {
  /// What keeps the label from telling much, shortly; nil if nothing does.
  public var doubt: String? {
    switch source.ending {
    case .failed: "failed"
    case .unfinished: "not over"
    case .over where turns == 0: nil
    case .over: isAnswered ? isBrief ? "few turns" : nil : "no answer"
    }
  }
}

extension Wording {
  /// `72 %`, without decimals.
  static func percent(_ share: Double?) -> String {
    share.map { Decimals.text(100 * $0, 0) + " %" } ?? "–"
  }

  /// `65 to 78 %`.
  static func percents(_ range: ClosedRange<Double>) -> String {
    "\(Decimals.text(100 * range.lowerBound, 0)) to \(Decimals.text(100 * range.upperBound, 0)) %"
  }
}
