// SPDX-License-Identifier: MIT

import Foundation
import ResonantCore
import TestSupport
import Testing

struct PageTests {
  @Test func thePageIsThereAfterEveryTurn() async throws {
    let gates = [Gate(), Gate()]
    let arena = try await Arena(
      .openAI(.hold(gates[0]), "B2 is here"), .openAI("A3 begins", .hold(gates[1]), " and ends"))
    let program = try await arena.startChat("--max-turns", "3", "--name", "talk")
    try await gates[0].waitUntilReached()
    try await arena.directory.waitForFile("talk.html", toContain: "Hello!")
    gates[0].open()
    try await gates[1].waitUntilReached()
    try await arena.directory.waitForFile("talk.html", toContain: "B2 is here")
    gates[1].open()
    let ended = try await program.finish()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try arena.page().turn(3)?.contains("A3 begins and ends") == true)
  }

  @Test func withoutHTMLNoPageIsWrittenOrNamed() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat("--max-turns", "2", "--no-html")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.directory.files.map { $0.hasSuffix(".jsonl") } == [true])
    #expect(!(ended.output + ended.errors).contains(".html"))
  }

  @Test func whatAKilledProgramLeftBesideItsPageIsRemoved() async throws {
    let arena = try await Arena(.openAI("x"))
    try arena.directory.write("part", to: "pages/.resonant-1.tmp")
    let ended = try await arena.chat("--max-turns", "2", "--out", "pages", "--name", "t")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.directory.files == ["pages/t.html", "pages/t.jsonl"])
  }

  @Test func theErrorOfATurnThatIsAskedAgainStandsBeforeIt() async throws {
    let arena = try await Arena(.openAI("B2"), .openAI("half", .cut), .openAI("A3 is whole"))
    #expect(try await arena.chat("--max-turns", "3", "--name", "t", "--retries", "0").exitCode == 1)
    let resumed = try await arena.resonant("resume", "t.jsonl")
    #expect(resumed.exitCode == 0, "\(resumed)")
    let html = try arena.page().html
    let error = try #require(html.firstRange(of: "Error of Alice")?.lowerBound)
    #expect(error > html.firstRange(of: "id=\"turn-2\"")?.lowerBound ?? html.endIndex)
    #expect(error < html.firstRange(of: "id=\"turn-3\"")?.lowerBound ?? html.startIndex)
  }

  @Test func withoutSavingNothingIsWrittenOrNamed() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat("--max-turns", "2", "--no-save")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(arena.directory.files == [])
    #expect(
      !(ended.output + ended.errors).contains(".html") && !(ended.output + ended.errors).contains(".jsonl"))
  }

  @Test func filesAreNamedAfterTheModelsAndGoWhereTheyShall() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat(
      "--max-turns", "2", "--alice-model", "org/a:1", "--bob-model", "b 2", "--out", "new/place")
    #expect(ended.exitCode == 0, "\(ended)")
    let names = arena.directory.files
    #expect(names.count == 2)
    for name in names {
      #expect(
        name.wholeMatch(of: /new\/place\/resonant-chat-org-a-1-b[-_ ]2-[0-9a-f]{6}\.(html|jsonl)/) != nil,
        "\(name)")
    }
  }

  /// What a hostile model may write.
  static let attack = """
    <script>document.title='pwned'</script><img src=x onerror="document.title='pwned'">

    ```{=html}
    <script>document.title='pwned'</script>
    ```

    [link](javascript:alert(1)) [span]{onclick="x()"} ![i](http://127.0.0.1:9/t.png){onload="x()"}
    <iframe srcdoc="x"></iframe></div></article></main></body></html> after the end
    """

  @Test(.needsPandoc, arguments: [true, false])
  func nothingAModelWritesBecomesActive(withPandoc: Bool) async throws {
    let pandoc = try #require(Tool.pandoc)
    let arena = try await Arena(.openAI(Self.attack.asPiece), .openAI("A3 in **place**"))
    let flags = withPandoc ? ["--pandoc-path", pandoc] : []
    let ended = try await arena.chat(
      ["--max-turns", "3"] + flags, environment: withPandoc ? [:] : ["PATH": arena.directory.path])
    #expect(ended.exitCode == 0, "\(ended)")
    let page = try arena.page()
    let tags = page.html.matches(of: /<[A-Za-z][^>]*>/).map { String($0.output) }
    #expect(!tags.isEmpty)
    for tag in tags {
      #expect(
        tag.firstMatch(of: /^<(script|iframe|img|object|embed|base|form)\b/.ignoresCase()) == nil, "\(tag)")
      #expect(tag.firstMatch(of: /\son\w+\s*=/.ignoresCase()) == nil, "\(tag)")
      #expect(
        tag.firstMatch(of: /(href|src)\s*=\s*["']?\s*(javascript|data|vbscript):/.ignoresCase()) == nil,
        "\(tag)")
    }
    #expect(page.turn(2)?.contains("after the end") == true)
    let last = try #require(page.turn(3))
    #expect(last.contains(withPandoc ? "<strong>place</strong>" : "**place**"))
    #expect(page.html.matches(of: /<\/html>/).count == 1)
  }

  @Test(.needsPandoc) func formulasInBracketsAreMath() async throws {
    let text = """
      Inline \\(E = mc^2\\) and

      \\[
      \\frac{a}{b} \\quad = c
      \\]

      but `\\(code\\)`, costs of $5 and $6, an open \\( and $x^2$.
      """
    let arena = try await Arena(.openAI(text.asPiece))
    let ended = try await arena.chat("--max-turns", "2", "--pandoc-path", try #require(Tool.pandoc))
    #expect(ended.exitCode == 0, "\(ended)")
    let turn = try #require(try arena.page().turn(2))
    #expect(turn.ranges(of: "<math").count == 3, "\(turn)")
    #expect(turn.contains("<code>\\(code\\)</code>, costs of $5 and $6, an open ( and"), "\(turn)")
    #expect(try arena.transcript().said.last == "Bob: \(text)")
  }

  @Test(.needsPandoc, arguments: [true, false])
  func whatTurnsCharactersAboutIsMadeVisible(withPandoc: Bool) async throws {
    let text = "a\u{202E}b\u{2067}c **d**\u{2028}e `f\u{202D}g` &#x202e;h שלום 👩‍👧"
    let arena = try await Arena(.openAI(text.asPiece))
    let flags = withPandoc ? ["--pandoc-path", try #require(Tool.pandoc)] : []
    let ended = try await arena.chat(
      ["--max-turns", "2", "--system-prompt", "x\u{202E}y"] + flags,
      environment: withPandoc ? [:] : ["PATH": arena.directory.path])
    #expect(ended.exitCode == 0, "\(ended)")
    let html = try arena.page().html
    #expect(
      !html.unicodeScalars.contains {
        (0x2028...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value)
      })
    #expect(html.contains("a\u{FFFD}b\u{FFFD}c") && html.contains("x\u{FFFD}y") && html.contains("שלום 👩‍👧"))
    #expect(try arena.transcript().said.last == "Bob: \(text)")
  }

  @Test func withoutPandocThePageHoldsTheTextAsItIs() async throws {
    let arena = try await Arena(.openAI("one\ntwo & <b>\n\n  <think>deep</think> end"))
    let ended = try await arena.chat("--max-turns", "2", environment: ["PATH": arena.directory.path])
    #expect(ended.exitCode == 0, "\(ended)")
    let turn = try #require(try arena.page().turn(2))
    #expect(turn.contains("one\ntwo &amp; &lt;b&gt;"))
    #expect(turn.contains("deep"))
    #expect(!turn.contains("&lt;div") && !turn.contains("&amp;lt;"))
    #expect(try arena.page().html.contains("pre-wrap"))
  }

  @Test(.needsPandoc) func pandocRunsOnceForAMessage() async throws {
    let pandoc = try #require(Tool.pandoc)
    let arena = try await Arena { .openAI("reply **\($0.number)**".asPiece) }
    let wrapper = try arena.directory.write(
      "#!/bin/sh\necho run >> \"\(arena.directory.path("runs.txt"))\"\nexec \"\(pandoc)\" \"$@\"\n",
      to: "counting-pandoc", executable: true)
    let ended = try await arena.chat("--max-turns", "30", "--pandoc-path", wrapper)
    #expect(ended.exitCode == 0, "\(ended)")
    let runs = try arena.directory.read("runs.txt").split(separator: "\n").count
    #expect((1...31).contains(runs), "pandoc ran \(runs) times")
    let page = try arena.page()
    for number in 2...30 {
      #expect(page.turn(number)?.contains("<strong>\(number - 1)</strong>") == true, "turn \(number)")
    }
  }

  @Test func aPandocThatFailsCostsOneLine() async throws {
    let arena = try await Arena(.openAI("B2"), .openAI("A3"), .openAI("B4"))
    let broken = try arena.directory.write("#!/bin/sh\nexit 9\n", to: "broken-pandoc", executable: true)
    let ended = try await arena.chat("--max-turns", "4", "--pandoc-path", broken)
    #expect(ended.exitCode == 0, "\(ended)")
    let lines = ended.errors.split(separator: "\n").filter { $0.contains("pandoc") }
    #expect(lines.count == 1, "\(ended)")
    #expect(try arena.page().turn(4)?.contains("B4") == true)
  }

  @Test func aDirectoryOnTheSearchPathIsNoPandoc() async throws {
    let arena = try await Arena(.openAI("B2"))
    try arena.directory.write("", to: "first/pandoc/file")
    try arena.directory.write("text", to: "second/pandoc")
    let program = try arena.directory.write("#!/bin/sh\nexit 9\n", to: "third/pandoc", executable: true)
    let folders = ["first", "second", "third"].map(arena.directory.path)
    let flags = ["check", "--endpoint", "builtin:", "--model", "eliza"]
    for (path, line) in [(folders, "\(program) cannot be used"), (Array(folders.prefix(2)), "no pandoc: ")] {
      let found = try await ResonantBinary.run(
        flags, in: arena.directory, environment: ["PATH": path.joined(separator: ":")])
      #expect(found.exitCode == 0 && found.output.contains(line), "\(found)")
    }
    let ended = try await arena.chat(["--max-turns", "2"], environment: ["PATH": folders[0]])
    #expect(ended.exitCode == 0 && ended.errors.isEmpty, "\(ended)")
  }

  @Test(arguments: [
    ["export", "t.jsonl", "--to", "html"], ["export", "t.jsonl", "--to", "text", "--out", "new.txt"],
    ["resume", "t.jsonl", "--max-turns", "3"], ["check", "--endpoint", "builtin:", "--model", "eliza"],
  ])
  func aPandocThatIsNoProgramIsAMistake(command: [String]) async throws {
    let arena = try await Arena(.openAI("B2"))
    #expect(try await arena.chat("--max-turns", "2", "--name", "t").exitCode == 0)
    let before = arena.directory.files
    for path in ["./t.jsonl", arena.directory.path, "no-such-pandoc"] {
      let ended = try await ResonantBinary.run(command + ["--pandoc-path", path], in: arena.directory)
      #expect(ended.exitCode == 2 && ended.errors.contains("--pandoc-path: "), "\(ended)")
      #expect(ended.stdout.isEmpty && arena.directory.files == before, "\(ended)")
    }
  }

  @Test func aPlansPandocThatIsNoProgramIsAMistake() async throws {
    let lab = try Laboratory()
    try FileManager.default.createDirectory(
      atPath: lab.directory.path("folder"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: lab.directory.path("pandoc"), withDestinationPath: "folder")
    try lab.plan("base: {endpoint: 'builtin:', model: eliza, pandoc_path: ./pandoc}\n")
    let ended = try await lab.batch("--html")
    #expect(ended.exitCode == 2 && ended.errors.contains("pandoc_path"), "\(ended)")
    #expect(lab.directory.files == ["plan.yaml"])
  }

  @Test func thePageShowsTheSystemPromptThatWasSent() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat(
      "--max-turns", "2", "--alice-system-prompt", "Be <brief>.", "--bob-system-prompt", "Be <brief>.")
    #expect(ended.exitCode == 0, "\(ended)")
    let html = try arena.page().html
    #expect(html.matches(of: /Be &lt;brief(>|&gt;)\./).count == 1)
    #expect(!html.contains("You are an AI agent"))
  }
}
