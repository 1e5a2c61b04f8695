// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Files of other tools that are damaged, or made to do harm.
struct DamagedFileTests {
  /// The texts of each conversation of a file, or what is wrong with it, and the warnings about the file.
  private func read(_ bytes: [UInt8], name: String) throws -> (conversations: [String], warnings: [String]) {
    let directory = try TemporaryDirectory()
    let path = directory.path(name)
    try Data(bytes).write(to: URL(filePath: path))
    let source = try #require(try TranscriptSource(TranscriptFiles.Candidate(path: path, isNamed: false)))
    let short = { (text: String) in text.replacing(directory.path + "/", with: "") }
    let conversations = source.indices.map { index in
      do throws(RecordError) {
        return try source.transcript(at: index).turns.map(\.text).joined(separator: "|")
      } catch {
        return short(error.description)
      }
    }
    return (conversations, source.warnings.map(short))
  }

  private let good = #"{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}"#

  @Test func oneLineOfMany() throws {
    let lines = [good, #"{"conversations": [{"from": "human""#, "", #"{"conversations": [3]}"#, "oops", good]
    let read = try read(Array(lines.joined(separator: "\n").utf8), name: "a.jsonl")
    #expect(
      read.conversations == [
        "a|b",
        "a.jsonl, line 2: the conversation is no JSON: expected a comma or a closing brace, but the text ends",
        "a.jsonl, line 4: message 1 is a number, no object",
        "a.jsonl, line 5: the conversation is no JSON: expected a value, found 'o'", "a|b",
      ])
  }

  /// The message at fault, for a file that holds one conversation.
  @Test(
    arguments: [
      (#"{"conversations": [{"from": "human", "text": "a"}]}"#, "message 1 has no value (keys: from, text)"),
      (
        #"{"conversations": [{"fro": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}"#,
        "message 1 has no from (keys: fro, value)"
      ),
      (
        #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "parts": []}]}"#,
        "message 2 has no content (keys: role, parts)"
      ),
      (
        #"{"messages": [{"role": "user", "content": [{"type": "text", "txt": "a"}]}]}"#,
        "message 1 has a part of its content without text (keys: type, txt)"
      ),
      (
        #"{"messages": [{"role": "user", "content": {"a": 1}}]}"#,
        "message 1 has a content that is an object, no text"
      ),
      (#"{"messages": [{"role": "user"}]}"#, "message 1 has no content (keys: role)"),
      (
        #"{"agents": [], "conversation": [{"agent": "A", "contents": "a"}]}"#,
        "message 1 has no content (keys: agent, contents)"
      ),
      (
        #"{"messages": [{"role": "user", "content": "a"#,
        "the conversation is no JSON: the string that begins here has no end"
      ),
    ])
  func theMessageAtFault(text: String, problem: String) throws {
    #expect(try read(Array(text.utf8), name: "a.json").conversations == ["a.json, line 1: \(problem)"])
  }

  @Test func whatIsEmptyStaysEmpty() throws {
    let calls = #"{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}, {"role": "tool"}"#
    let messages =
      #"{"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": null}, \#(calls)]}"#
    #expect(try read(Array(messages.utf8), name: "a.json").conversations == ["||"])
    let states =
      #"{"conversations": [{"full_conversation": [{"speaker": "A", "content": null}, {"speaker": "B"}]}]}"#
    #expect(
      try read(Array(states.utf8), name: "conversations.json").conversations == [
        "conversations.json, line 1: conversation 0, message 2 has no content (keys: speaker)"
      ])
  }

  /// Those at the beginning may be damaged beyond recognition.
  @Test func theFirstOfMany() throws {
    for bad in ["{}", #"{"conversation": 1}"#, #"{"conversations": [{"fro": "human", "value": "a"}]}"#] {
      let list = try read(Array("[\(bad), \(good)]".utf8), name: "a.json").conversations
      #expect(list.count == 2 && list[0].hasPrefix("a.json, line 1: conversation 0") && list[1] == "a|b")
      let lines = try read(Array("\(bad)\n\(good)\n".utf8), name: "a.jsonl").conversations
      #expect(lines.count == 2 && lines[0].hasPrefix("a.jsonl, line 1: ") && lines[1] == "a|b", "\(lines)")
    }
    let torn = try read(Array("\(good.dropLast())\n\(good)\n".utf8), name: "a.jsonl").conversations
    #expect(torn.count == 2 && torn[0].contains("is no JSON") && torn[1] == "a|b", "\(torn)")
  }

  @Test func oneElementOfMany() throws {
    let list =
      "[\n\(good),\n\(good.dropLast(2))\"c\": nan}],\n  {\"conversations\":\n[{\"from\": 1}]},\n\(good)\n]"
    let read = try read(Array(list.utf8), name: "a.json")
    #expect(read.conversations.first == "a|b")
    #expect(read.conversations.last == "a|b")
    #expect(read.conversations.count == 4)
    #expect(read.conversations[1].hasPrefix("a.json, line 3: conversation 1 is no JSON: "))
    let place = "a.json, line 4: conversation 2, message 1"
    #expect(read.conversations[2] == "\(place) has a from that is a number, no text")
  }

  @Test func aQuoteThatIsMissing() throws {
    let bad =
      "{\"conversations\": [\n{\"from\": \"human\",\n\"value\": \"a\n},\n{\"from\": \"gpt\",\n\"value\": \"b\"}]}"
    let read = try read(Array("[\(good),\n\(bad),\n\(good)]".utf8), name: "a.json")
    #expect(read.conversations.first == "a|b")
    #expect(read.conversations.last == "a|b")
    #expect(
      read.conversations[1].hasPrefix("a.json, line 4: conversation 1 is no JSON: a string holds"), "\(read)")
  }

  @Test func aFileThatEndsEarly() throws {
    let text = ForeignFiles.attractorStates
    let end = try #require(text.range(of: "\"Two\"")).lowerBound
    let read = try read(Array(text[..<end].utf8), name: "conversations.json")
    #expect(read.conversations == ["Begin — here|And on|"])
    #expect(
      read.warnings == [
        "conversations.json, line 14: the file ends in the middle of its list; conversation 1 and what follows was left out"
      ])
  }

  @Test func bytesThatAreNoText() throws {
    let invalid =
      Array(#"{"conversations": [{"from": "h"#.utf8) + [0xFF] + Array(#"", "value": "\udc00 "#.utf8)
      + [0xC3] + Array("\"}]}\n".utf8)
    #expect(try read(invalid, name: "a.jsonl").conversations == ["\u{FFFD} \u{FFFD}"])
    let log = Array("### A 1 ###\n".utf8) + [0xFF, 0, 0x41] + Array("\n\n### A 2 ###\n\u{1B}[31mred".utf8)
    #expect(try read(log, name: "a.txt").conversations == ["\u{FFFD}\0A|\u{1B}[31mred"])
  }

  @Test func deepNestingIsOneError() throws {
    let deep = String(repeating: "[", count: 200_000)
    let text = "[\(good), {\"conversations\": [{\"from\": \"a\", \"value\": \(deep)"
    #expect(try read(Array(text.utf8), name: "a.json").conversations == ["a|b"])
    let closed = deep + String(repeating: "]", count: 200_000)
    let whole = try read(Array("[\(good), {\"conversations\": \(closed)}, \(good)]".utf8), name: "a.json")
    #expect(whole.conversations.map { $0.contains("nested deeper") } == [false, true, false])
  }
}
