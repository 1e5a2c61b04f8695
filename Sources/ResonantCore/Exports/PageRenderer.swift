// SPDX-License-Identifier: MIT

/// Makes pages of transcripts, with pandoc if available. A command uses one renderer for all pages, so that a
/// failing pandoc is reported once.
public struct PageRenderer: Sendable {
  private let pandoc: PandocRenderer?

  /// - Parameters:
  ///   - pandoc: the path of pandoc; nil to show messages as plain text.
  ///   - warn: called once, with a sentence, when pandoc fails.
  public init(pandoc: String?, warn: @escaping @Sendable (String) -> Void) {
    self.init(pandoc.map { PandocRenderer(path: $0, warn: warn) })
  }

  init(_ pandoc: PandocRenderer?) { self.pandoc = pandoc }

  public var hasPandoc: Bool { pandoc != nil }

  /// The page of a transcript, one UTF-8 file.
  public func page(of transcript: Transcript) async -> [UInt8] {
    var page = HTMLPage()
    let missing = page.missing(in: transcript)
    page.add(await render(missing), for: missing)
    return page.render(transcript)
  }

  /// Kills the running pandoc processes, for a process that exits at once and can't wait for a cancelled
  /// task.
  public func abandon() { pandoc?.abandon() }

  /// Renders texts as HTML fragments in one process; starts none for an empty list.
  func render(_ texts: [String]) async -> [[UInt8]?] {
    guard let pandoc, !texts.isEmpty else { return texts.map { _ in nil } }
    return await pandoc.render(texts)
  }
}
