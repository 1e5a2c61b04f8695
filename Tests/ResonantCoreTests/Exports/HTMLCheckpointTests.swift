// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

@Suite(.needsPandoc)
struct HTMLCheckpointTests {
  private let told = Told()
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func checkpoint(_ name: String = "page.html", pandoc: String? = nil) -> HTMLCheckpoint {
    HTMLCheckpoint(
      path: directory.path(name), renderer: PageRenderer(pandoc: pandoc, warn: told.tell), warn: told.tell)
  }

  @Test func theLastStateIsOnDiskWhenItHasFinished() async throws {
    let checkpoint = checkpoint()
    let whole = Sample.chat((1...9).map { "Message \($0)" })
    for count in 1...9 {
      var part = whole
      part.turns.removeLast(9 - count)
      checkpoint.update(part)
    }
    #expect(await checkpoint.finish() == nil)
    #expect(try directory.read("page.html") == HTMLPage.plain(whole))
    #expect(directory.files == ["page.html"])
  }

  @Test func aPageThatWasNeverAskedForIsNotWritten() async {
    #expect(await checkpoint().finish() == nil)
    #expect(directory.files.isEmpty)
  }

  @Test func eachTurnCostsOneProcessAtMost() async throws {
    let fake = try FakePandoc.counting()
    let checkpoint = checkpoint(pandoc: fake.path)
    let whole = Sample.chat((1...30).map { "Message *\($0)*" })
    for count in 1...30 {
      var part = whole
      part.turns.removeLast(30 - count)
      checkpoint.update(part)
      #expect(await checkpoint.finish() == nil)
    }
    let page = try directory.read("page.html")
    for number in 1...30 { #expect(page.contains("Message <em>\(number)</em>")) }
    #expect(fake.runs == 30)
    #expect(told.sentences.isEmpty)
  }

  @Test func equalMessagesAreRenderedOnce() async throws {
    let fake = try FakePandoc.counting()
    let checkpoint = checkpoint(pandoc: fake.path)
    for count in 1...8 {
      checkpoint.update(Sample.chat(Array(repeating: "*namaste*", count: count)))
      #expect(await checkpoint.finish() == nil)
    }
    #expect(fake.runs == 1)
    #expect(try directory.read("page.html").ranges(of: "<em>namaste</em>").count == 8)
  }

  @Test func aFileThatCannotBeWrittenIsToldOfOnceAndReported() async throws {
    let checkpoint = checkpoint("missing/page.html")
    for text in ["a", "b"] {
      checkpoint.update(Sample.chat(text))
      #expect(try #require(await checkpoint.finish()).contains("No such file or directory"))
    }
    #expect(told.sentences.count == 1)
    try FileManager.default.createDirectory(
      atPath: directory.path("missing"), withIntermediateDirectories: true)
    checkpoint.update(Sample.chat("c"))
    #expect(await checkpoint.finish() == nil)
  }

  @Test func aPandocThatFailsLeavesPlainTextAndOneWarning() async throws {
    let fake = try FakePandoc("exit 3")
    let checkpoint = checkpoint(pandoc: fake.path)
    for texts in [["*a*"], ["*a*", "b"], ["*a*", "b", "c"]] {
      checkpoint.update(Sample.chat(texts))
      #expect(await checkpoint.finish() == nil)
    }
    #expect(try directory.read("page.html").contains("<div class=\"plain\" dir=\"auto\">*a*</div>"))
    #expect(told.sentences.count == 1)
  }
}
