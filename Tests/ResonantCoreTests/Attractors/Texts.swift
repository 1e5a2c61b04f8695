// SPDX-License-Identifier: MIT

@testable import ResonantCore

/// Texts for tests of attractors, of random letters: two with different names share nothing to speak of.
enum Texts {
  static func letters(_ name: Int, _ count: Int = 200) -> String {
    var random = SplitMix64(seed: UInt64(name))
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz".unicodeScalars)
    return String(String.UnicodeScalarView((0..<count).map { _ in alphabet[random.index(below: 26)] }))
  }

  /// Texts with nothing in common.
  static func different(_ count: Int, from first: Int = 100, letters: Int = 200) -> [String] {
    (0..<count).map { Self.letters(first + $0, letters) }
  }

  /// A text with the skeleton of the same name: three quarters are equal, so that two have a similarity of
  /// 146/246 = 0.59.
  static func variant(_ name: Int, _ number: Int) -> String {
    letters(name, 150) + letters(1_000 + number, 50)
  }

  static func measures(
    _ texts: [String], path: String = "t.jsonl", condition: String = "", injected: Int? = nil,
    fork: AnalysisSource.Fork? = nil, _ settings: AnalysisSettings = AnalysisSettings()
  ) -> ConversationMeasures {
    let injected = injected.map {
      AnalysisSource.Fork(.disturbed, turn: $0, of: .init(id: path, turn: $0 - 1), base: condition)
    }
    return ConversationMeasures(
      AnalysisSource(id: path, path: path, condition: condition, texts: texts, fork: fork ?? injected),
      settings)
  }
}
