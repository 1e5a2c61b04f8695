// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// Where the files of a conversation go, and what is in them.
struct OutputOptions: ParsableArguments {
  @Option(help: .option("out", "dir"), completion: .directory) var out: String?
  @Option(help: .option("name", "basename")) var name: String?
  @Flag(help: .option("no_html")) var noHtml = false
  @Flag(help: .option("no_save")) var noSave = false
  @Option(help: .option("pandoc_path", "path"), completion: .file()) var pandocPath: String?
  @Flag(help: .option("show_thinking")) var showThinking = false

  func write(to overlay: inout Overlay) {
    overlay.set("out", out)
    overlay.set("name", name)
    overlay.set("no_html", noHtml)
    overlay.set("no_save", noSave)
    overlay.set("pandoc_path", pandocPath)
    overlay.set("show_thinking", showThinking)
  }
}
