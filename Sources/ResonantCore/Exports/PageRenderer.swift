// SPDX-License-Identifier: MIT

/// Makes pages of transcripts, with pandoc where it is at hand. One is shared by all that a command writes, so
/// that a pandoc that fails is told of once.
public struct PageRenderer: Sendable {
  private let pandoc: PandocRenderer?

  /// - Parameters:
  ///   - pandoc: the path of pandoc; nil to show messages as plain text.
  ///   - warn: told once, in a sentence, that pandoc fails.
  public init(pandoc: String?, warn: @escaping @Sendable (String) -> Void) {
    self.init(pandoc.map { PandocRenderer(path: $0, warn: warn) })
  }

  init(_ pandoc: PandocRenderer?) { self.pandoc = pandoc }

  /// The page of a transcript, one UTF-8 file.
  public func page(of transcript: Transcript) async -> [UInt8] {
    var page = HTMLPage()
    let missing = page.missing(in: transcript)
    page.add(await render(missing), for: missing)
    return page.render(transcript)
  }

  /// Kills what is running, for a process that ends at once and can't wait for a cancelled task.
  public func abandon() { pandoc?.abandon() }

  /// The texts as fragments; one process, none when there is nothing to do.
  func render(_ texts: [String]) async -> [[UInt8]?] {
    guard let pandoc, !texts.isEmpty else { return texts.map { _ in nil } }
    return await pandoc.render(texts)
  }
}
