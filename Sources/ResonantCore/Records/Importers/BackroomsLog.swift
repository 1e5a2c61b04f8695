// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A log of UniversalBackrooms. Each turn follows a line with the speaker's name, before which there is a blank
/// one: `### Claude 1 ###`, in older logs `Claude 1:` or `CLI:`, in the oldest `Claude Explorer:`. The last line
/// may tell why the conversation ended.
struct BackroomsLog {
  private struct Heading {
    var name: String
    var line: Int
  }

  private let text: TextLines
  private let headings: [Heading]
  private let isMarked: Bool

  init(_ text: TextLines) {
    self.text = text
    let marked = Self.headings(text, Self.markedName)
    let numbered = marked.isEmpty ? Self.headings(text, Self.numberedName) : []
    isMarked = !marked.isEmpty
    headings = isMarked ? marked : numbered.isEmpty ? Self.headings(text, Self.oldName) : numbered
  }

  /// Whether a file is a log. Lines with a name and a number head chapters and steps of other texts, too, so a
  /// file that nobody named needs more than that.
  func isLikely(isNamed: Bool) -> Bool {
    guard let first = headings.first, let line = text.firstFilled, name(line) == first.name else {
      return false
    }
    let names = headings.map(\.name)
    if first.name == Self.runHeading || Set(names).count < names.count { return true }
    if isMarked, isNamed { return true }
    if isMarked { return names.allSatisfy { Self.isNumbered($0) || $0 == Self.shell } }
    return isNamed || names.contains(Self.shell) || ending != nil
  }

  func conversation(path: String) throws(ForeignProblem) -> ForeignConversation {
    guard !headings.isEmpty else { throw ForeignProblem("names no speaker in a line of its own") }
    var conversation = ForeignConversation()
    let isRun = headings.first?.name == Self.runHeading
    var last = text.lines.count
    if let ending {
      conversation.end = ending.reason
      last = ending.line
    }
    var models = Self.models(of: path)
    for (index, heading) in headings.enumerated() {
      let end = index + 1 < headings.count ? headings[index + 1].line : last
      let lines = text.lines[(heading.line + 1)..<max(end, heading.line + 1)]
      if isRun, Self.isRemark(heading.name) {
        if index == 0 { models = Self.facts(lines, &conversation) ?? models }
        continue
      }
      let said = isRun ? lines.filter { !$0.hasPrefix("### Round ") } : Array(lines)
      conversation.say(said.joined(separator: "\n").trimmed, by: heading.name)
    }
    for (index, name) in Array(conversation.participants.keys).enumerated() {
      let place = Self.number(of: name).map { $0 - 1 } ?? index
      if name != Self.shell, models.indices.contains(place) {
        conversation.describe(name, model: models[place])
      }
    }
    return conversation
  }

  // MARK: Headings

  private static let shell = "CLI"

  private func name(_ line: Substring) -> String? {
    isMarked ? Self.markedName(line) : Self.numberedName(line) ?? Self.oldName(line)
  }

  private static func headings(_ text: TextLines, _ name: (Substring) -> String?) -> [Heading] {
    text.lines.indices.compactMap { index in
      guard index == 0 || TextLines.isBlank(text.lines[index - 1]) else { return nil }
      return name(text.lines[index]).map { Heading(name: $0, line: index) }
    }
  }

  /// `### NAME ###`
  private static func markedName(_ line: Substring) -> String? {
    guard line.utf8.starts(with: "### ".utf8) else { return nil }
    let line = String(line).trimmed
    guard line.hasSuffix(" ###"), line.utf8.count > 8 else { return nil }
    let name = String(line.dropFirst(4).dropLast(4)).trimmed
    return name.isEmpty ? nil : name
  }

  /// `NAME 1:` or `CLI:`
  private static func numberedName(_ line: Substring) -> String? {
    let name = plainName(line)
    return name == shell || name.map(isNumbered) == true ? name : nil
  }

  /// `NAME Explorer:` or `NAME CLI:`
  private static func oldName(_ line: Substring) -> String? {
    plainName(line).flatMap { $0.hasSuffix(" Explorer") || $0.hasSuffix(" CLI") ? $0 : nil }
  }

  /// The longest name in a line of its own, in bytes.
  private static let longestName = 100

  private static func plainName(_ line: Substring) -> String? {
    guard line.utf8.count <= longestName, !line.utf8.starts(with: " ".utf8) else { return nil }
    let line = String(line).trimmed
    return line.hasSuffix(":") ? String(line.dropLast()) : nil
  }

  private static func isNumbered(_ name: String) -> Bool { number(of: name) != nil }

  private static func number(of name: String) -> Int? {
    guard let space = name.lastIndex(of: " "), space != name.startIndex else { return nil }
    let digits = name[name.index(after: space)...]
    return digits.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(digits) : nil
  }

  // MARK: What else is in a log

  /// The notice that closes a log, and why the conversation ended.
  private var ending: (line: Int, reason: StopReason)? {
    guard let line = text.lines.lastIndex(where: { !TextLines.isBlank($0) }) else { return nil }
    let notice = String(text.lines[line]).trimmed
    if notice.hasSuffix(" has ended the conversation with ^C^C.") { return (line, .stopPhrase) }
    let isFull =
      notice.hasPrefix("Reached maximum number of turns (") && notice.hasSuffix("). Conversation ended.")
    return isFull ? (line, .maxTurns) : nil
  }

  /// The heading of facts about a run, with which the logs of a variant with images begin. There the turns are
  /// in numbered rounds, and the remarks of an agent that makes images are between them.
  private static let runHeading = "Backrooms Run"

  private static func isRemark(_ name: String) -> Bool {
    name == runHeading || name == "Media Agent" || name.hasPrefix("Media Agent (")
  }

  private static func facts(
    _ lines: ArraySlice<Substring>, _ conversation: inout ForeignConversation
  ) -> [String]? {
    func value(_ key: String) -> String? {
      lines.first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)).trimmed }
    }
    conversation.created = value("Started:").flatMap(Timestamp.date)
    if let template = value("Template:") { conversation.settings["backrooms_template"] = .string(template) }
    return value("Models:").map { models in
      models.split(separator: ",").map { String($0).trimmed }
    }
  }

  /// The models in a file's name: `opus_gpt4o_cli_20241018_131801.txt`, which ends with the template, or
  /// `opus_exploring_sonnet_20240902_101112.txt`.
  private static func models(of path: String) -> [String] {
    var words = (path.split(separator: "/").last ?? "").prefix { $0 != "." }.split(separator: "_")
    guard words.count >= 4, words.suffix(2).map(\.utf8.count) == [8, 6],
      words.suffix(2).joined().utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else { return [] }
    words.removeLast(2)
    if words.count == 3, words[1] == "exploring" { return [String(words[0]), String(words[2])] }
    return words.dropLast().map(String.init)
  }
}
