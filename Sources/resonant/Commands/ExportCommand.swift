// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `resonant export`: converts transcripts to other formats.
struct ExportCommand: AsyncParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case html, markdown, text, json

    var fileExtension: String {
      switch self {
      case .html: "html"
      case .markdown: "md"
      case .text: "txt"
      case .json: "json"
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a transcript as HTML, Markdown, text or JSON.",
    discussion: "One transcript goes to standard output unless --out names a file; several need a directory.")

  @Argument(help: "Transcripts, .jsonl files.", completion: .file(extensions: ["jsonl"]))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "The form to write.", valueName: "format"))
  var to: Format

  @Option(
    help: ArgumentHelp(
      "A file for one transcript, or a directory. (default: standard output)", valueName: "file|dir"),
    completion: .file())
  var out: String?

  @Option(
    help: ArgumentHelp(
      "The pandoc that renders the page. (default: from PATH)", valueName: "path"))
  var pandocPath: String?

  func run() async throws {
    let host = Host.current
    let options = try Options.read(
      pandocPath.map { ["pandoc_path": .string($0)] } ?? [:], source: .commandLine, context: host.context)
    let pages = host.pages(try options.pandocPath(host.context))
    let transcripts = try paths.map { path in
      let (transcript, warnings) = try host.read(path)
      warnings.forEach(Diagnostics.warning)
      return transcript
    }
    let destination = try ExportDestination(out, sources: paths, fileExtension: to.fileExtension)
    let interruption = Interruption(pages)
    // Files are replaced as a whole, so an interruption loses nothing.
    interruption.noteSaved()
    let watch = SignalWatch { interruption.take($0) }
    defer { withExtendedLifetime(watch) {} }
    let task = Task { [to] in
      for (index, transcript) in transcripts.enumerated() {
        let bytes = await to.document(of: transcript, pages)
        // An export that was cut short would be incomplete, so it is not written.
        guard !Task.isCancelled else { return }
        try await destination.write(bytes, index)
      }
      await Diagnostics.flush()
    }
    interruption.arm { task.cancel() }
    try await task.value
    if let code = interruption.exitCode { throw RunEnd(code: code) }
  }
}

extension ExportCommand.Format {
  fileprivate func document(of transcript: Transcript, _ pages: PageRenderer) async -> [UInt8] {
    switch self {
    case .html: await pages.page(of: transcript)
    case .markdown: Array(MarkdownExport.document(of: transcript).utf8)
    case .text: Array(TextExport.document(of: transcript).utf8)
    case .json: JSONExport.document(of: transcript)
    }
  }
}

/// Where exports are written.
private struct ExportDestination {
  /// One path for each source; nil for standard output.
  private var files: [String]?

  init(_ out: String?, sources: [String], fileExtension: String) throws(ConfigurationError) {
    guard let out else {
      guard sources.count == 1 else {
        throw ConfigurationError(
          OptionPlace(path: "--out"), "is needed, a directory, for more than one transcript")
      }
      return
    }
    var isDirectory = false
    let exists = FileManager.default.fileExists(atPath: out, isDirectory: &isDirectory)
    if sources.count == 1, !isDirectory, !out.hasSuffix("/") {
      files = [out]
      try checkTargets()
      return
    }
    if exists, !isDirectory {
      throw ConfigurationError(
        OptionPlace(path: "--out"), "\(out) is a file; several transcripts need a directory")
    }
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw ConfigurationError(OptionPlace(path: "--out"), "the directory \(out) can't be made")
    }
    files = Self.names(sources).map { "\(out)/\($0).\(fileExtension)" }
    try checkTargets()
  }

  private func checkTargets() throws(ConfigurationError) {
    guard let transcript = files?.first(where: ResultFile.isTranscript) else { return }
    throw ConfigurationError(OptionPlace(path: "--out"), ResultFile.refusal(transcript))
  }

  /// The sources' base names without extensions; a number distinguishes equal ones.
  private static func names(_ sources: [String]) -> [String] {
    var taken: Set<String> = []
    return sources.map { source in
      var stem = source.split(separator: "/").last.map(String.init) ?? source
      if stem.hasSuffix(".jsonl") { stem.removeLast(6) }
      var name = stem
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(stem)-\(number)"
        number += 1
      }
      return name
    }
  }

  func write(_ bytes: [UInt8], _ index: Int) async throws {
    guard let files else {
      let console = Console()
      console.write(Console.style.safe(bytes))
      await console.flush()
      if console.isClosed { throw RunEnd(code: 141) }
      return
    }
    do {
      try WholeFile.write(bytes, to: files[index])
    } catch {
      Diagnostics.error("\(files[index]) can't be written: \(error)")
      throw RunEnd(code: 1)
    }
  }
}
