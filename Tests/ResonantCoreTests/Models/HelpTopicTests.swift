// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

struct HelpTopicTests {
  private static let headings: Set<String> = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/troubleshooting.md").standardizedFileURL.path(percentEncoded: false)
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return Set(
      text.split(separator: "\n").filter { $0.hasPrefix("## ") }
        .map { $0.dropFirst(3).lowercased().replacing(" ", with: "-") })
  }()

  @Test(arguments: HelpTopic.allCases)
  func everyHeadingExists(topic: HelpTopic) {
    #expect(Self.headings.contains(topic.rawValue), "\(topic)")
  }

  @Test(arguments: [
    ("gema3", "; did you mean gemma3?"), ("gemma3", "; did you mean gemma3?"),
    ("lla", "; did you mean llama3.3?"),
    ("zzz", ""),
  ])
  func theOnlyContinuationOrTheNearestIsSuggested(word: String, suggestion: String) {
    #expect(Suggestion.text(for: word, among: ["gemma3", "llama3.3", "gemini"]) == suggestion)
  }
}
