// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The files of one conversation.
public struct TrialFiles: Sendable, Equatable {
  /// The path of the transcript, `.jsonl`.
  public var transcript: String
  /// The path of the page, `.html`; nil for none.
  public var page: String?
  /// The path of the moderation log of a room.
  public var moderationLog: String { stem + ".moderation.log" }

  private var stem: String { transcript.hasSuffix(".jsonl") ? String(transcript.dropLast(6)) : transcript }

  public init(transcript: String, page: String?) {
    self.transcript = transcript
    self.page = page
  }

  /// New files according to `output`, in a directory that is created if missing; nil when nothing is to be
  /// saved.
  ///
  /// - Parameters:
  ///   - models: a generated name contains the first two.
  ///   - id: random hexadecimal digits; a generated name ends with the first six.
  /// - Throws: `InvalidValue` when a file with that name exists or the directory can't be created.
  public static func new(
    for output: OutputSettings, models: [String], mode: Transcript.Mode, id: String
  ) throws(InvalidValue) -> TrialFiles? {
    guard output.save else { return nil }
    let made = (["resonant", mode.rawValue] + models.prefix(2).map(fileNamePart) + [String(id.prefix(6))])
    let name = output.name ?? made.joined(separator: "-")
    let directory = output.directory.isEmpty ? "." : output.directory
    let base = directory == "." ? name : directory + "/" + name
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw InvalidValue(
        "the directory \(directory) can't be made\(FileProblem.reason(error)); choose another with --out")
    }
    let files = TrialFiles(transcript: base + ".jsonl", page: output.html ? base + ".html" : nil)
    let log = mode == .party ? [files.moderationLog] : []
    for path in [base + ".jsonl", base + ".html"] + log where FileManager.default.fileExists(atPath: path) {
      throw InvalidValue("\(path) exists already, and nothing is overwritten; choose another --name or --out")
    }
    return files
  }

  /// The files of an existing transcript; the page is next to it.
  public static func existing(transcript: String, html: Bool) -> TrialFiles {
    var files = TrialFiles(transcript: transcript, page: nil)
    if html { files.page = files.stem + ".html" }
    return files
  }

  /// A model's name as part of a file name: letters, digits and `._+@-` stay, other characters become `-`, at
  /// most 60 bytes. Of the path in a builtin model's name, the file's base name stays.
  static func fileNamePart(_ model: String) -> String {
    var model = model
    if let kind = BuiltinModel.fileKinds.first(where: model.hasPrefix) {
      let file = model.dropFirst(kind.count).split(separator: "/").last ?? ""
      model = kind + (file.lastIndex(of: ".").map { file[..<$0] } ?? file)
    }
    let safe = model.unicodeScalars.map { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
        || "._+@-".unicodeScalars.contains(scalar)
        ? Character(scalar) : "-"
    }
    var part = ""
    for character in safe where part.utf8.count + character.utf8.count <= 60 { part.append(character) }
    return part.hasPrefix(".") ? "-" + part.dropFirst() : part
  }
}
