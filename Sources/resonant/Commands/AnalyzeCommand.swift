// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `resonant analyze`: what conversations have become.
struct AnalyzeCommand: AsyncParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case table, json, tsv }

  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Tell what conversations drift into, how often, how soon, how sure.",
    usage: "resonant analyze <paths> ... [<options>]",
    discussion: """
        resonant analyze chat.jsonl
        resonant analyze runs/self-play --by model --html report.html

      Takes transcripts and directories, also those of a batch, with everything below them, and conversations \
      of other tools: attractor-states, UniversalBackrooms, llm_conversation, ShareGPT, OpenAI messages. Other \
      files in directories are skipped. Rates are those of conversations that converge: end in very short \
      turns, word soup, or a loop of texts or skeletons. The json form has all measures, tsv a row for each conversation; \
      --html makes a page with curves and pictures besides.
      """)

  @Argument(
    help: "Transcripts, or directories that hold some; FILE#INDEX for one conversation of several.",
    completion: .file())
  var paths: [String]

  @OptionGroup var form: SourceForm

  @Option(
    help: ArgumentHelp(
      "What makes conditions: keys of a plan's matrix or options, or model, folder, … "
        + "(default: the plan's conditions, else the folders)", valueName: "key,…"))
  var by: String?

  @Option(help: ArgumentHelp("The words to count, one a line in a file.", valueName: "word,…|@file"))
  var words: String?

  @Flag(help: "Leave out reasoning between <think> tags.")
  var stripThinking = false

  @Option(
    help: ArgumentHelp(
      "A limit of a measure, such as minimal_letters=20; each result names all.", valueName: "name=value"))
  var threshold: [String] = []

  @Option(help: ArgumentHelp("The form of the result.", valueName: "format"))
  var format = Format.table

  @Option(
    help: ArgumentHelp(
      "A directory for tables of everything: conversations, turns, conditions, … as TSV.", valueName: "dir"),
    completion: .directory)
  var tables: String?

  @Option(
    help: ArgumentHelp("Also write a report, one HTML page, to this file.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  func run() async throws {
    let settings = try settings()
    let keys = try Self.list(by, of: "--by")
    let files: [TranscriptFiles.Candidate]
    do {
      files = try TranscriptFiles.find(paths, warn: Diagnostics.warning)
    } catch {
      throw ConfigurationError(nil, error.description)
    }
    let reading: AnalysisReader.Reading
    do {
      reading = try await AnalysisReader(files, from: form.from, by: keys, settings)
        .read(processors: ProcessInfo.processInfo.activeProcessorCount)
    } catch let error as RecordError {
      throw ConfigurationError(nil, error.description)
    }
    reading.warnings.forEach(Diagnostics.warning)
    guard !reading.conversations.isEmpty else {
      throw ConfigurationError(nil, "there is no transcript in \(paths.joined(separator: ", "))")
    }
    if let key = keys.first(where: { !reading.foundKeys.contains($0) }) {
      throw ConfigurationError(
        OptionPlace(path: "--by"), "no conversation has \(key), neither in its condition nor in its settings")
    }
    let analysis = Analysis(reading.conversations, settings)
    if analysis.forksBeside > 0, !keys.isEmpty, !keys.contains("perturb") {
      let forks = analysis.controlsBeside > 0 ? "forks" : "forks with an injected message"
      Diagnostics.warning(
        "conditions also hold \(forks); --by …,perturb keeps those of a batch apart")
    }
    let tables = try tables.map { try Self.files(of: analysis, in: $0) } ?? []
    if html != nil || !tables.isEmpty { try check(tables, reading.conversations.map(\.source.path)) }
    try tables.forEach { try Self.write($0.bytes, to: $0.path) }
    try await show(analysis)
    if let html { try await write(analysis, to: html) }
  }

  private static func files(
    of analysis: Analysis, in directory: String
  ) throws(ConfigurationError) -> [(path: String, bytes: [UInt8])] {
    if directory.isEmpty { throw ConfigurationError(OptionPlace(path: "--tables"), "must name a directory") }
    return AnalysisTSVTables.documents(of: analysis).map { ("\(directory)/\($0.name).tsv", $0.bytes) }
  }

  /// Refuses results that would replace a transcript, a source, or each other.
  private func check(
    _ tables: [(path: String, bytes: [UInt8])], _ sources: [String]
  ) throws(ConfigurationError) {
    let sources = Set(sources.map(ResultFile.resolved))
    var taken: Set<String> = []
    for (flag, path) in tables.map({ ("--tables", $0.path) }) + (html.map { [("--html", $0)] } ?? []) {
      if let problem = ResultFile.problem(with: path, sources: sources) {
        throw ConfigurationError(OptionPlace(path: flag), problem)
      }
      guard taken.insert(ResultFile.resolved(path)).inserted else {
        throw ConfigurationError(OptionPlace(path: flag), "\(path) is named for two results")
      }
    }
  }

  /// Writes a table; its directory is made if it is missing.
  private static func write(_ bytes: [UInt8], to path: String) throws {
    let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw ConfigurationError(OptionPlace(path: "--tables"), "the directory \(directory) can't be made")
    }
    do {
      try WholeFile.write(bytes, to: path)
    } catch {
      Diagnostics.error("\(path) can't be written: \(error)")
      throw RunEnd(code: 1)
    }
  }

  private func write(_ analysis: Analysis, to file: String) async throws {
    let absolute = Host.absolute(file)
    let page = AnalysisPage(analysis, program: Version.program) { source in
      guard let page = PageAddress.page(ofTranscript: source.path),
        FileManager.default.fileExists(atPath: page)
      else { return nil }
      return PageAddress.relative(Host.absolute(page), toPageAt: absolute)
    }
    do {
      try WholeFile.write(page.render(), to: file)
    } catch {
      Diagnostics.error("\(file) can't be written: \(error)")
      await Diagnostics.flush()
      throw RunEnd(code: 1)
    }
    Diagnostics.line("Report: \(file)")
    await Diagnostics.flush()
  }

  private func settings() throws(ConfigurationError) -> AnalysisSettings {
    var settings = AnalysisSettings()
    settings.stripsThinking = stripThinking
    settings.measuresCompression = format == .json || tables != nil
    settings.measuresStates = html != nil
    settings.measuresRecurrence = html != nil
    do {
      for assignment in threshold { try settings.thresholds.set(assignment) }
    } catch {
      throw ConfigurationError(OptionPlace(path: "--threshold"), error.description)
    }
    guard let words else { return settings }
    do {
      settings.words = try WordList(option: words)
    } catch {
      throw ConfigurationError(OptionPlace(path: "--words"), error.description)
    }
    return settings
  }

  /// The items of a list with commas.
  private static func list(_ text: String?, of flag: String) throws(ConfigurationError) -> [String] {
    guard let text else { return [] }
    let items = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !items.contains("") else {
      throw ConfigurationError(OptionPlace(path: flag), "needs names between its commas, as in model,opening")
    }
    return items
  }

  private func show(_ analysis: Analysis) async throws {
    let console = Console()
    switch format {
    case .table: console.write(Console.style.safe(AnalysisTable(analysis, columns: Terminal.columns).text))
    case .json: console.write(Console.style.safe(AnalysisJSON.document(of: analysis)))
    case .tsv: console.write(Console.style.safe(AnalysisTSV.document(of: analysis)))
    }
    await console.flush()
    if let code = console.exitCode { throw RunEnd(code: code) }
  }
}
