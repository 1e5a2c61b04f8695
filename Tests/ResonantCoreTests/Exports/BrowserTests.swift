// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

/// What a real browser does with our pages, and, so that the check is known to see something, with a page of
/// the same messages that pandoc made without any care.
@Suite(.serialized, .needsPandoc, .needsChromium)
struct BrowserTests {
  private struct Visit {
    var document: String
    var console: [String]
    var requests: [String]
    var connections: Int
  }

  /// Opens a page made for the listener's port, and tells what came of it.
  private func visit(_ page: (_ port: UInt16) async throws -> [UInt8]) async throws -> Visit {
    let listener = try await ScriptedServer { _ in .text("ok", type: "text/plain") }
    let directory = try TemporaryDirectory()
    try Data(try await page(listener.port)).write(to: URL(filePath: directory.path("page.html")))
    let browser = await Program(
      Installed.chromium,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
        "--virtual-time-budget=4000",
        "--user-data-dir=\(directory.path("profile"))", "--dump-dom", "file://\(directory.path("page.html"))",
      ],
      environment: ["PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": directory.path], directory: directory.path
    )
    let end = try await browser.finish()
    #expect(end.exitCode == 0, "\(end)")
    return Visit(
      document: end.output,
      console: end.errors.split(separator: "\n").map(String.init).filter { $0.contains("CONSOLE") },
      requests: listener.requests.map(\.path), connections: listener.connections)
  }

  private func messages(_ port: UInt16) -> [String] {
    // A refresh would leave the page, which no policy forbids: the filter alone stands against it.
    let refresh = "<meta http-equiv=\"refresh\" content=\"1;url=\(Attacks.host)/refresh\">"
    return (Attacks.active + Attacks.links + [refresh]).map { $0.replacing("PORT", with: "\(port)") }
  }

  @Test(arguments: [true, false])
  func aPageOfAttacksStaysQuiet(withPandoc: Bool) async throws {
    let visit = try await visit { port in
      var transcript = Sample.chat(messages(port))
      transcript.turns[0].thinking = "<script>document.title='owned'</script>"
      transcript.preambles = [.init(owner: "Bob", index: 1, role: .user, content: messages(port)[0])]
      return await PageRenderer(pandoc: withPandoc ? Installed.pandoc : nil) { _ in }.page(of: transcript)
    }
    #expect(visit.requests.isEmpty && visit.connections == 0)
    #expect(visit.console.isEmpty)
    #expect(visit.document.contains("<title>gemma3:27b in conversation with itself</title>"))
    let last = Attacks.active.count + Attacks.links.count + 1
    #expect(visit.document.contains("<article id=\"turn-\(last)\""))
    #expect(
      visit.document.firstMatch(of: /<main>[\s\S]*<article id="turn-1"[\s\S]*<\/main>\s*<footer>/) != nil)
  }

  @Test(arguments: [true, false])
  func aRoomOfAttacksStaysQuiet(withPandoc: Bool) async throws {
    let visit = try await visit { port in
      let attack = messages(port).joined(separator: "\n")
      return await PageRenderer(pandoc: withPandoc ? Installed.pandoc : nil) { _ in }
        .page(of: Sample.hostileRoom(attack))
    }
    #expect(visit.requests.isEmpty && visit.connections == 0)
    #expect(visit.console.isEmpty)
    #expect(!visit.document.contains("<title>owned"))
    #expect(
      visit.document.firstMatch(
        of: /<main>[\s\S]*<article id="turn-7"[\s\S]*<details class="table checks">[\s\S]*<\/main>\s*<footer>/
      )
        != nil)
  }

  @Test func aReportOfAttacksStaysQuiet() async throws {
    let visit = try await visit { port in
      var settings = AnalysisSettings()
      settings.measuresStates = true
      settings.measuresRecurrence = true
      let conversations = messages(port).map { attack in
        let source = AnalysisSource(
          id: attack, path: attack + ".jsonl", model: attack, condition: attack,
          texts: (1...8).map { "\(attack) \($0)" },
          fork: .init(.disturbed, turn: 7, of: .init(id: attack, turn: 6), base: attack))
        return ConversationMeasures(source, settings)
      }
      return AnalysisPage(Analysis(conversations, settings), program: "test") { $0.path }.render()
    }
    #expect(visit.requests.isEmpty && visit.connections == 0)
    #expect(visit.console.isEmpty)
    #expect(visit.document.contains("<title>What these models drift into</title>"))
    #expect(
      visit.document.firstMatch(of: /<main[\s\S]*<svg class="bar"[\s\S]*Method[\s\S]*<\/main>\s*<footer>/)
        != nil)
  }

  @Test func withoutTheFilterTheSameMessagesRunAndLoad() async throws {
    let visit = try await visit { port in
      let text = Attacks.active[0...7].joined(separator: "\n\n").replacing("PORT", with: "\(port)")
      let directory = try TemporaryDirectory()
      let pandoc = await Program(
        Installed.pandoc, ["-f", "markdown", "-t", "html"], environment: [:], directory: directory.path,
        input: text)
      let body = try await pandoc.finish().output
      return Array("<!DOCTYPE html><title>safe</title><body>\(body)</body>".utf8)
    }
    #expect(visit.document.contains("<title>owned</title>"))
    #expect(visit.requests.contains("/script") && visit.requests.contains("/iframe"))
  }

  @Test func thePolicyStopsScriptsAndRequestsThatTheFilterWouldLetThrough() async throws {
    let visit = try await visit { port in
      let attack = Attacks.active[0...4].joined().replacing("PORT", with: "\(port)")
      return HTMLDocument.page(title: "safe", program: "test", body: attack)
    }
    #expect(visit.document.contains("<title>safe</title>"))
    #expect(visit.requests.isEmpty)
    #expect(!visit.console.isEmpty)
  }
}
