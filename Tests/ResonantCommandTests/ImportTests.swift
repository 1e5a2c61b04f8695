// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

/// Conversations of other tools through the built program.
struct ImportTests {
  private let directory: TemporaryDirectory
  private static let rule = String(repeating: "─", count: 80)

  init() throws { directory = try TemporaryDirectory() }

  private func resonant(_ arguments: String...) async throws -> FinishedProgram {
    try await resonant(arguments)
  }

  private func resonant(_ arguments: [String]) async throws -> FinishedProgram {
    try await ResonantBinary.run(arguments, in: directory)
  }

  /// A file in the form of attractor-states with conversations of these texts.
  private func write(_ conversations: [[String]], to name: String) throws {
    let list = conversations.map { texts in
      JSONValue.object([
        "seed_prompt": "Go.",
        "full_conversation": .array(
          texts.enumerated().map { ["speaker": $0 % 2 == 0 ? "A" : "B", "content": .string($1)] }),
      ])
    }
    let file: JSONValue = ["conversations": .array(list), "model": "maker/model"]
    try directory.write(file.jsonText, to: name)
  }

  private func writeAllForms() throws {
    try write([["One", "Two"], ["Three", "Four", "Five"]], to: "a/conversations.json")
    try directory.write(
      "\n### Claude 1 ###\nls\n\n### Claude 2 ###\nok\n\n### Claude 1 ###\nbye\n",
      to: "b/opus_sonnet_cli_20241018_131801.txt")
    try directory.write("\nClaude 1:\nls\n\nCLI:\nok\n", to: "b/old.txt")
    try directory.write(
      #"{"agents": [{"name": "X", "model": "m"}], "conversation": [{"agent": "X", "content": "a"}]}"#,
      to: "c/log.json")
    try directory.write(
      "=== Agent 1 ===\n\nName: X\nModel: m\n\n=== Conversation ===\n\nX: a\n\n\(Self.rule)\n\nY: b\n",
      to: "c/log.txt")
    let shareGPT = #"{"id": "s1", "conversations": [{"from": "human", "value": "a"}]}"#
    try directory.write("[\(shareGPT)]", to: "d/sharegpt.json")
    let messages =
      #"{"model": "g", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
    try directory.write(messages + "\n" + messages + "\n", to: "e/messages.jsonl")
    try directory.write("# Notes\n", to: "README.md")
    try directory.write(#"{"name": "plan", "matrix": {}}"#, to: "plan.json")
  }

  @Test func analyzeReadsAllForms() async throws {
    try writeAllForms()
    let ended = try await resonant("analyze", ".", "--format", "tsv")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.errors == "")
    let rows = ended.output.split(separator: "\n").dropFirst().map { row in
      row.split(separator: "\t", omittingEmptySubsequences: false).prefix(7).joined(separator: " ")
    }
    let log = "./b/opus_sonnet_cli_20241018_131801.txt"
    #expect(
      rows == [
        "./a/conversations.json#0 ./a/conversations.json 0 maker/model ./a  2",
        "./a/conversations.json#1 ./a/conversations.json 1 maker/model ./a  3",
        "./b/old.txt#0 ./b/old.txt 0  ./b  2", "\(log)#0 \(log) 0 opus + sonnet ./b  3",
        "./c/log.json#0 ./c/log.json 0 m ./c  1", "./c/log.txt#0 ./c/log.txt 0 m ./c  2",
        "./d/sharegpt.json#0 ./d/sharegpt.json 0  ./d  1",
        "./e/messages.jsonl#0 ./e/messages.jsonl 0 g ./e  2",
        "./e/messages.jsonl#1 ./e/messages.jsonl 1 g ./e  2",
      ])
    let one = try await resonant("analyze", "a/conversations.json#1", "--format", "tsv")
    #expect(one.output.split(separator: "\n").count == 2, "\(one)")
    let table = try await resonant("analyze", "a", "--by", "seed_prompt")
    #expect(table.output.contains("seed_prompt=Go."), "\(table)")
    #expect(table.output.contains("a/conversations.json#1"), "\(table)")
    let forced = try await resonant("analyze", ".", "--from", "openai", "--format", "tsv")
    #expect(forced.output.split(separator: "\n").count == 3, "\(forced)")
  }

  @Test func whatIsNotRecognisedIsTold() async throws {
    try writeAllForms()
    let other = try await resonant("analyze", "README.md")
    #expect(other.exitCode == 2, "\(other)")
    for word in ["README.md: this is no transcript", "attractor-states, backrooms", "--from"] {
      #expect(other.errors.contains(word), "\(other)")
    }
    let wrong = try await resonant("analyze", "e/messages.jsonl", "--from", "sharegpt")
    #expect(wrong.exitCode == 2, "\(wrong)")
    #expect(wrong.errors.contains("e/messages.jsonl: this is no file of the form sharegpt"), "\(wrong)")
    let unknown = try await resonant("analyze", "e", "--from", "letters")
    #expect(unknown.exitCode == 2, "\(unknown)")
  }

  @Test func whatSeemsToBeAConversationButCannotBeReadIsTold() async throws {
    try directory.write(#"{"conversations": [{"full_conv"#, to: "runs/conversations.json")
    try write([["One", "Two"]], to: "runs/b/conversations.json")
    let ended = try await resonant("analyze", "runs", "--format", "tsv")
    #expect(ended.exitCode == 0 && ended.output.split(separator: "\n").count == 2, "\(ended)")
    #expect(ended.errors.contains("runs/conversations.json: no conversation of attractor-states"), "\(ended)")

    let wide = #"{"messages": []}"#.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    try Data([0xFF, 0xFE] + wide).write(to: URL(filePath: directory.path("wide.json")))
    let refused = try await resonant("analyze", "wide.json")
    #expect(refused.exitCode == 2 && refused.errors.contains("UTF-16"), "\(refused)")

    let line = #"{"messages": [{"role": "user", "content": "a"}]}"#
    try directory.write([line, "[]", line].joined(separator: "\n"), to: "lines.jsonl")
    let lines = try await resonant("analyze", "lines.jsonl", "--format", "tsv")
    #expect(lines.output.split(separator: "\n").count == 3, "\(lines)")
    #expect(lines.errors.contains("lines.jsonl, line 2: the conversation has no messages"), "\(lines)")
  }

  private func shareGPT(_ key: String) -> String {
    #"{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "\#(key)": "b"}]}"#
  }

  /// Each command that reads files of other tools, with what it takes besides the file.
  @Test(arguments: ["analyze", "export --to text", "fork --at 1 --endpoint builtin:"])
  func aTextUnderAnotherKeyIsNoEmptyTurn(command: String) async throws {
    try directory.write(shareGPT("valu"), to: "a.json")
    let words = command.split(separator: " ").map(String.init)
    let ended = try await ResonantBinary.run(words + ["a.json"], in: directory)
    #expect(ended.exitCode == 2 && ended.stdout.isEmpty, "\(ended)")
    #expect(
      ended.errors == "resonant: a.json, line 1: message 2 has no value (keys: from, valu)\n", "\(ended)")
  }

  @Test func whatIsLeftOfAFileIsReadAndTheFirstFaultIsTold() async throws {
    let (good, bad) = (shareGPT("value"), shareGPT("valu"))
    try directory.write("[\([good, good, good, bad, bad, bad].joined(separator: ",\n"))]", to: "a.json")
    let told =
      "resonant: warning: a.json, line 4: conversation 3, message 2 has no value (keys: from, valu); it was left"
      + " out, as were 2 more of this file's conversations\n"
    let ended = try await resonant("analyze", "a.json", "--format", "tsv")
    #expect(ended.exitCode == 0 && ended.output.split(separator: "\n").count == 4, "\(ended)")
    #expect(ended.errors == told, "\(ended)")
    let exported = try await resonant("export", "a.json", "--to", "openai", "--out", "b.jsonl")
    #expect(exported.exitCode == 0 && exported.errors == told, "\(exported)")
    #expect(try directory.read("b.jsonl").split(separator: "\n").count == 3)

    try directory.write("[\(bad), \(good)]", to: "first.json")
    let first = try await resonant("analyze", "first.json", "--from", "sharegpt", "--format", "tsv")
    #expect(first.exitCode == 0 && first.output.split(separator: "\n").count == 2, "\(first)")
    #expect(first.errors.contains("first.json, line 1: conversation 0, message 2 has no value"), "\(first)")

    try directory.write("[\(bad), \(bad)]", to: "all.json")
    for refused in [
      try await resonant("analyze", "a.json", "all.json"),
      try await resonant("export", "all.json", "--to", "text", "--out", "x/"),
    ] {
      #expect(refused.exitCode == 2, "\(refused)")
      #expect(
        refused.errors.hasSuffix("(keys: from, valu); none of the file's 2 conversations can be read\n"),
        "\(refused)")
    }
  }

  @Test func filesOfADirectoryOfWhichNothingIsLeftAreToldTogether() async throws {
    for name in ["a", "b", "c"] { try directory.write(shareGPT("text"), to: "in/\(name).json") }
    try directory.write(shareGPT("value"), to: "in/d.json")
    try directory.write(#"{"messages": [{"id": 1, "text": "a"}], "conversations": []}"#, to: "in/other.json")
    let told =
      "resonant: warning: in/a.json, line 1: message 2 has no value (keys: from, text); it was left out, as"
      + " was the whole of 2 other files: in/b.json, in/c.json\n"
    let ended = try await resonant("analyze", "in", "--format", "tsv")
    #expect(ended.exitCode == 0 && ended.output.split(separator: "\n").count == 2, "\(ended)")
    #expect(ended.errors == told, "\(ended)")
    let exported = try await resonant("export", "in", "--to", "text")
    #expect(exported.exitCode == 0 && exported.errors == told, "\(exported)")
  }

  /// Two names that are not numbered head other texts, too, so the file has to be named.
  @Test func aShortLogOfNamesIsReadIfItIsNamed() async throws {
    try directory.write("### Ada ###\nHello.\n\n### Ben ###\nHello!\n", to: "logs/short.txt")
    let named = try await resonant("analyze", "logs/short.txt", "--format", "tsv")
    #expect(named.exitCode == 0 && named.output.split(separator: "\n").count == 2, "\(named)")
    #expect(try await resonant("analyze", "logs").exitCode == 2)
    let forced = try await resonant("analyze", "logs", "--from", "backrooms", "--format", "tsv")
    #expect(forced.exitCode == 0 && forced.output.split(separator: "\n").count == 2, "\(forced)")
  }

  @Test func damagedConversationsAreToldOnce() async throws {
    let good = #"{"messages": [{"role": "user", "content": "a"}]}"#
    try directory.write(
      ([good, "oops", good] + Array(repeating: "{}", count: 3)).joined(separator: "\n"), to: "a.jsonl")
    let ended = try await resonant("analyze", "a.jsonl", "--format", "tsv")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.split(separator: "\n").count == 3, "\(ended)")
    #expect(ended.errors.contains("a.jsonl, line 2: "), "\(ended)")
    #expect(ended.errors.contains("as were 3 more"), "\(ended)")
    #expect(ended.errors.split(separator: "\n").count == 1, "\(ended)")
  }

  @Test func exportTakesDirectories() async throws {
    try writeAllForms()
    try write([["Six"], ["Seven"]], to: "f/conversations.json")
    let ended = try await resonant("export", ".", "--to", "text", "--out", "texts")
    #expect(ended.exitCode == 0, "\(ended)")
    let made = directory.files.filter { $0.hasPrefix("texts/") }.map { String($0.dropFirst(6)) }
    #expect(
      made == [
        "a-conversations-0.txt", "a-conversations-1.txt", "c-log-2.txt", "c-log.txt",
        "f-conversations-0.txt", "f-conversations-1.txt", "messages-0.txt", "messages-1.txt", "old.txt",
        "opus_sonnet_cli_20241018_131801.txt", "sharegpt.txt",
      ])
    #expect(try directory.read("texts/f-conversations-1.txt").contains("Seven"))
    let several = try await resonant("export", "a", "--to", "text")
    #expect(several.exitCode == 2, "\(several)")
    #expect(several.errors.contains("--out: is needed"), "\(several)")
    for source in ["d", "a/conversations.json#1"] {
      let one = try await resonant("export", source, "--to", "text")
      #expect(one.exitCode == 0 && one.output.contains("Turn 1: "), "\(one)")
    }
    let long = String(repeating: "n", count: 240)
    try directory.write(#"{"messages": [{"role": "user", "content": "a"}]}"#, to: "g/\(long).json")
    let shortened = try await resonant("export", "g", "--to", "inspect", "--out", "logs/")
    #expect(shortened.exitCode == 0, "\(shortened)")
    let over = try await resonant("export", "c/log.json", "--to", "json", "--out", "c/")
    #expect(over.exitCode == 2 && over.errors.contains("not overwritten"), "\(over)")
    let empty = try await resonant("export", "README.md", "--to", "text")
    #expect(empty.exitCode == 2, "\(empty)")
  }

  @Test(arguments: ["html", "markdown", "text", "json"])
  func exportsHideWhatIsNotKnown(format: String) async throws {
    try writeAllForms()
    for source in ["b/old.txt", "c/log.json", "e/messages.jsonl#0"] {
      let ended = try await resonant("export", source, "--to", format)
      #expect(ended.exitCode == 0, "\(ended)")
      for wrong in ["1970", " at <", "at \n", "Duration", "itself", "had not ended", "None.", "\"endpoint\""]
      {
        #expect(!ended.output.contains(wrong), "\(source): \(wrong) in \(ended)")
      }
    }
  }

  @Test func escapesOfNamesReachNoTerminal() async throws {
    try directory.write(
      #"{"messages": [{"role": "user", "name": "\u001b[31mred", "content": "a\u001b[2J"}]}"#, to: "a.json")
    let page = try await resonant("export", "a.json", "--to", "html")
    #expect(page.exitCode == 0 && !page.output.contains("\u{1B}"), "\(page)")
    let fork = try await resonant("fork", "a.json", "--at", "1")
    #expect(fork.exitCode == 2 && !fork.errors.contains("\u{1B}"), "\(fork)")
  }

  @Test(arguments: ["analyze", "export"])
  func namesThatAreNoTextAreToldOnce(command: String) async throws {
    try write([["One", "Two"]], to: "d/conversations.json")
    let made = try await Program(
      "/bin/bash", ["-c", "cp d/conversations.json d/$'caf\\xe9.json'; mkdir d/$'\\xff'"],
      environment: ["PATH": ResonantBinary.path], directory: directory.path
    ).finish()
    #expect(made.exitCode == 0, "\(made)")
    let ended = try await resonant([command, "d"] + (command == "export" ? ["--to", "text"] : []))
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.errors
        == "resonant: warning: 2 files were left out because their names are not UTF-8: d/caf\\xE9.json, …\n",
      "\(ended)")
  }

  @Test(arguments: ["analyze", "export"])
  func bytesThatAreNoTextAreToldOncePerFile(command: String) async throws {
    let line =
      Array(#"{"messages": [{"role": "user", "content": "caf"#.utf8) + [0xE9] + Array(#""}]}"#.utf8) + [0x0A]
    try Data(Array("\n".utf8) + line + line).write(to: URL(filePath: directory.path("m.jsonl")))
    let ended = try await resonant([command, "m.jsonl#0"] + (command == "export" ? ["--to", "text"] : []))
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.errors == "resonant: warning: m.jsonl, line 2: what is not UTF-8 was read as U+FFFD\n", "\(ended)"
    )
  }
}
