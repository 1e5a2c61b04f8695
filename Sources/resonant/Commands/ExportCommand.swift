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
    case html, markdown, text, json, openai, sharegpt, inspect

    var fileExtension: String {
      switch self {
      case .html: "html"
      case .markdown: "md"
      case .text: "txt"
      case .json, .sharegpt, .inspect: "json"
      case .openai: "jsonl"
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a transcript as a page, Markdown, text, or in the form of another tool.",
    usage: "resonant export <paths> ... --to <format> [<options>]",
    discussion: """
        resonant export chat.jsonl --to markdown
        resonant export runs/self-play/trials --to html --out pages

      Takes what `resonant analyze` takes: transcripts, conversations of other tools, and directories with \
      everything below them. One conversation goes to standard output unless --out names a file; several need \
      a directory, in which those of one file are named FILE-0, FILE-1, …; openai and sharegpt also put them into \
      one file.
      """)

  @Argument(
    help: "Transcripts, or directories that hold some; FILE#INDEX for one conversation of several.",
    completion: .file())
  var paths: [String]

  @OptionGroup var form: SourceForm

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
    let sources = try ExportSources(paths, from: form.from)
    let destination = try ExportDestination(out, sources: sources.items, as: to)
    let interruption = Interruption(pages)
    // Files are replaced as a whole, so an interruption loses nothing.
    interruption.noteSaved()
    let watch = SignalWatch { interruption.take($0) }
    defer { withExtendedLifetime(watch) {} }
    let task = Task { [to] in
      var sources = sources
      var dataset: [[UInt8]] = []
      for (index, item) in sources.items.enumerated() {
        let bytes = await to.document(of: try sources.transcript(item), pages)
        // An export that was cut short would be incomplete, so it is not written.
        guard !Task.isCancelled else { return }
        if destination.isDataset { dataset.append(bytes) } else { try await destination.write(bytes, index) }
      }
      if destination.isDataset { try await destination.write(to.joined(dataset), 0) }
      await Diagnostics.flush()
    }
    interruption.arm { task.cancel() }
    try await task.value
    if let code = interruption.exitCode { throw RunEnd(code: code) }
  }
}

extension ExportCommand.Format {
  /// Whether one file may hold any number of conversations.
  fileprivate var isDataset: Bool { self == .openai || self == .sharegpt }

  /// One file out of those of single conversations.
  fileprivate func joined(_ documents: [[UInt8]]) -> [UInt8] {
    guard self == .sharegpt else { return Array(documents.joined()) }
    // Each is a list of one.
    let items = documents.map { $0.dropFirst().dropLast(2) }
    return [UInt8(ascii: "[")] + items.joined(separator: Array(",\n".utf8)) + Array("]\n".utf8)
  }

  /// The name of an export in a directory.
  fileprivate func fileName(of item: ExportSources.Item) -> String {
    let name = self == .inspect ? InspectExport.fileName(of: item.header, stem: item.name) : item.name
    return "\(name).\(fileExtension)"
  }

  fileprivate func document(of transcript: Transcript, _ pages: PageRenderer) async -> [UInt8] {
    switch self {
    case .html: await pages.page(of: transcript)
    case .markdown: Array(MarkdownExport.document(of: transcript).utf8)
    case .text: Array(TextExport.document(of: transcript).utf8)
    case .json: JSONExport.document(of: transcript)
    case .openai: OpenAIExport.document(of: transcript)
    case .sharegpt: ShareGPTExport.document(of: transcript)
    case .inspect: InspectExport.document(of: transcript)
    }
  }
}

/// Where exports are written.
private struct ExportDestination {
  /// One path for each source, or for all in one; nil for standard output.
  private var files: [String]?
  /// Whether all sources go into one file.
  private(set) var isDataset = false

  init(
    _ out: String?, sources: [ExportSources.Item], as format: ExportCommand.Format
  ) throws(ConfigurationError) {
    guard let out else {
      guard sources.count == 1 else {
        throw ConfigurationError(
          OptionPlace(path: "--out"),
          "is needed, a directory, for more than one transcript; there are \(sources.count)")
      }
      return
    }
    var isDirectory = false
    let exists = FileManager.default.fileExists(atPath: out, isDirectory: &isDirectory)
    if sources.count == 1, !isDirectory, !out.hasSuffix("/") {
      files = [out]
      try checkTargets(sources)
      return
    }
    if !isDirectory, out.hasSuffix(".\(format.fileExtension)") {
      guard format.isDataset else {
        throw ConfigurationError(
          OptionPlace(path: "--out"),
          "\(out) is the name of a file, but there are \(sources.count) transcripts; name a directory")
      }
      files = [out]
      isDataset = true
      try checkTargets(sources)
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
    files = sources.map { "\(out)/\(format.fileName(of: $0))" }
    try checkTargets(sources)
  }

  /// Refuses to overwrite a transcript or a source, which unlike a page can't be generated again.
  private func checkTargets(_ sources: [ExportSources.Item]) throws(ConfigurationError) {
    let origins = Set(sources.map { ResultFile.resolved($0.file.path) })
    let isLost = { (file: String) in
      origins.contains(ResultFile.resolved(file)) || ResultFile.isTranscript(file)
    }
    guard let transcript = files?.first(where: isLost) else { return }
    throw ConfigurationError(OptionPlace(path: "--out"), ResultFile.refusal(transcript))
  }

  func write(_ bytes: [UInt8], _ index: Int) async throws {
    guard let files else {
      let console = Console()
      console.write(Console.style.safe(bytes))
      await console.flush()
      if let code = console.exitCode { throw RunEnd(code: code) }
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
