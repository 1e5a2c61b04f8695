// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct ThinkingSpansTests {
  @Test(arguments: [
    "plain words", "", "  \n ", "two  spaces\n\n\n\nand lines", "   /\\_/\\", "a\r\n\r\n\r\nb",
  ])
  func aTextWithoutTagsIsLeftAlone(text: String) {
    let (heard, removed) = ThinkingSpans.filter(text)
    #expect(heard == text)
    #expect(!removed)
  }

  @Test(arguments: [
    "<think >a</think >", "<reasoning>a</reasoning>", "a</think>b", "<thin>k</thin>", "a < b <", "<think",
  ])
  func otherTagsAreText(text: String) {
    #expect(ThinkingSpans.filter(text) == (text, false))
  }

  @Test(arguments: [
    ("L <think>q</think> R", "L R"),
    ("L <thinking>q</thinking> R", "L R"),
    ("L<think>q</think>R", "LR"),
    ("a <think>1</think> b <thinking>2</think> c", "a b c"),
    ("a <think>1</think><think>2</think> b", "a b"),
    ("a <think>1</think> <think>2</think> b", "a b"),
    ("a <think></think> b", "a b"),
    ("a <think>x\n<b>.*+?[</b>\n世界🙂</think> b", "a b"),
    ("<THINK>a</THINK>b<ThInKiNg>c</tHiNkInG>", "b"),
    ("<think>a</think> rest", "rest"),
    ("<think>a</think>\n\nrest\n", "rest\n"),
    ("rest <think>a</think>", "rest"),
    ("rest\n\n<think>a</think>\n", "rest"),
    ("<think>only</think>", ""),
    (" <think>only</think> \n", ""),
    ("a     <think>x</think>     b", "a b"),
    ("a\n\n\n<think>x</think>\n\n\n\nb", "a\n\nb"),
    ("a\n<think>x</think>\nb", "a\n\nb"),
    ("a \t<think>x</think>\t b", "a \t\t b"),
    ("said <think>and never closed  \n more", "said"),
    ("<think>never closed", ""),
    ("a <think>x</think> b <think>open", "a b"),
    ("<think>a<think>b</think>c</think>d", "c</think>d"),
    ("<thinking>a</think>b</thinking>c", "b</thinking>c"),
    ("keeps  these   spaces <think>x</think> here", "keeps  these   spaces here"),
    ("code:\n<think>x</think>\n    if a {\n        b", "code:\n\n    if a {\n        b"),
    ("<think>x</think>\n\n   /\\_/\\\n  ( o.o )", "   /\\_/\\\n  ( o.o )"),
  ])
  func spansAreRemoved(text: String, wanted: String) {
    let (heard, removed) = ThinkingSpans.filter(text)
    #expect(heard == wanted)
    #expect(removed)
  }

  @Test func longSpansGoToo() {
    let text = "a <think>" + String(repeating: "x", count: 10_000) + "</think> b"
    #expect(ThinkingSpans.filter(text).heard == "a b")
  }

  @Test func splitKeepsEverythingButTheTags() {
    #expect(
      ThinkingSpans.split("a <think>b</think> c<think></think><THINKING>d")
        == [.text("a "), .thinking("b"), .text(" c"), .thinking("d")])
    #expect(ThinkingSpans.split("plain") == [.text("plain")])
    #expect(ThinkingSpans.split("") == [])
  }

  @Test(arguments: ["<think>", "</think>", "<think></think> ", "<", "a <think>x</think>\n"])
  func manyTagsTakeLinearTime(piece: String) {
    // A quadratic filter would be at this for a long time.
    let text = String(repeating: piece, count: 20_000)
    #expect(ThinkingSpans.filter(text).heard.utf8.count <= text.utf8.count)
  }
}
