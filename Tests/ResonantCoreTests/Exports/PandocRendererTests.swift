// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

@Suite(.needsPandoc)
struct PandocRendererTests {
  private let told = Told()

  private func renderer(
    _ path: String = Installed.pandoc, patience: PandocRenderer.Patience = .init()
  ) -> PandocRenderer {
    PandocRenderer(path: path, patience: patience, warn: told.tell)
  }

  private func render(_ messages: [String]) async -> [String?] {
    await renderer().render(messages.map(HTMLText.clean)).map {
      $0.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  @Test func messagesComeBackInOrderEachRenderedAlone() async {
    let fragments = await render([
      "```\nopen", "*b* & <i>", "[a]", "[a]: http://example.org\n\nx", "1. c", "1. d",
    ])
    #expect(fragments[0] == "<pre><code>open</code></pre>")
    #expect(fragments[1] == "<p><em>b</em> &amp; &lt;i&gt;</p>")
    #expect(fragments[2] == "<p>[a]</p>")
    #expect(fragments[5]?.hasPrefix("<ol") == true)
    #expect(told.sentences.isEmpty)
  }

  @Test func whatModelsWriteComesOutAsItWasMeant() async throws {
    let fragments = await render([
      "# Title", "a\nb", "- [ ] todo\n- [x] done", "|a|b|\n|--:|:-:|\n|1|2|", "```py\nx = 1\n```",
      "```nolang\nx\n```",
      "see https://example.org and <a@example.org>", "\"quotes\" -- stay", "$x^2$",
      "![alt](http://example.org/i.png)",
    ])
    #expect(fragments[0] == "<h3>Title</h3>")
    #expect(fragments[1] == "<p>a<br />\nb</p>")
    #expect(try #require(fragments[2]).contains("☐"))
    #expect(try #require(fragments[2]).contains("☑"))
    #expect(try #require(fragments[3]).contains("<td class=\"right\">1</td>"))
    #expect(try #require(fragments[4]).contains("class=\"sourceCode python\""))
    #expect(fragments[5] == "<pre data-lang=\"nolang\"><code>x</code></pre>")
    #expect(try #require(fragments[6]).contains("href=\"https://example.org\""))
    #expect(try #require(fragments[6]).contains("href=\"mailto:a@example.org\""))
    #expect(fragments[7]?.contains("-- stay") == true)
    #expect(try #require(fragments[8]).contains("<math"))
    #expect(try #require(fragments[9]).contains("<a href=\"http://example.org/i.png\""))
    for fragment in fragments {
      #expect(FragmentCheck.problem(in: Array(try #require(fragment).utf8)) == nil)
    }
  }

  /// A message, how many formulas it has, and what stands in the fragment beside them.
  private static let formulas: [(message: String, count: Int, remains: String)] = [
    (#"Euler: \(e^{i\pi} = -1\)."#, 1, "<p>Euler: <math"),
    ("\\[\n\\frac{a}{b} = c\n\\]", 1, #"display="block""#),
    ("before:\n\\[x\\]\nafter", 1, "</math>\nafter</p>"),
    ("> \\[\n> a_1 *b*\n> + c\n> \\]", 1, "a_1 *b*\n+ c</annotation>"),
    (#"**\(a*b*c\)** and _\(x_1\)_ and [\(y\)](http://example.org/\(z\))"#, 3, "http://example.org/(z)"),
    ("|\\(a|b\\)|c|\n|---|---|\n|1|\\[x\\]|", 2, "a|b</annotation>"),
    (
      #"\[ \text{if \(x\)} \, \begin{matrix}a \\[2pt] z\end{matrix} \] \(u\)"#, 2,
      #"z\end{matrix}</annotation>"#
    ),
    (#"a \( smiley, and \(x\)"#, 1, "a ( smiley"),
    (#"`\(a\)` and ``\[b\]``"#, 0, #"<code>\(a\)</code> and <code>\[b\]</code>"#),
    ("```\n\\(a\\)\n```", 0, #"<pre><code>\(a\)</code></pre>"#),
    ("x\n\n    \\[a\\]", 0, #"<pre><code>\[a\]</code></pre>"#),
    (#"\( and `\)` and \)"#, 0, #"( and <code>\)</code> and )"#),
    (#"\\(a\\) \\[b\\]"#, 0, #"\(a\) \[b\]"#),
    ("\\(a\n\nb\\)", 0, "<p>(a</p>\n<p>b)</p>"), ("- \\(a\n- b\\)", 0, "<li>(a</li>"),
    (#"\(\) \[ \] \(a \]"#, 0, "() [ ] (a ]"),
    ("costs of $5 and $6, or $7-$8, US$9 or US$10", 0, "<p>costs of $5 and $6, or $7-$8, US$9 or US$10</p>"),
    ("**$5**/$6 or `$7-$8`", 0, "<p><strong>$5</strong>/$6 or <code>$7-$8</code></p>"),
    ("$5 a piece, $2x$ and $3$", 2, "<p>$5 a piece, <math"),
    (#"\(x < y > z\)"#, 1, "x &lt; y &gt; z</annotation>"),
  ]

  @Test(arguments: formulas)
  func formulasInBracketsAreMathOutsideOfCode(
    message: String, count: Int, remains: String
  ) async throws {
    let fragment = try #require(await render([message])[0])
    #expect(FragmentCheck.problem(in: Array(fragment.utf8)) == nil, "\(fragment)")
    #expect(fragment.ranges(of: "<math").count == count, "\(fragment)")
    #expect(fragment.contains(remains), "\(fragment)")
  }

  @Test func noAttackComesThroughAndTheFilterAloneStopsIt() async throws {
    let messages = (Attacks.active + Attacks.links + Attacks.swallowed).map(HTMLText.clean)
    for (message, fragment) in zip(messages, await renderer().render(messages)) {
      guard let fragment else { continue }
      #expect(FragmentCheck.problem(in: fragment) == nil, "\(message)")
      let html = String(decoding: fragment, as: UTF8.self).lowercased()
      for tag in ["<script", "<img", "<iframe", "<svg", "<style", "<!--"] {
        #expect(!html.contains(tag), "\(message)")
      }
    }
    #expect(told.sentences.isEmpty)
  }

  @Test func linksToAnythingButTheWebAndMailBecomeText() async throws {
    for (message, fragment) in zip(Attacks.links, await render(Attacks.links)) {
      #expect(try #require(fragment).contains("href") == false, "\(message)")
    }
  }

  @Test func nothingOfAMessageIsSwallowed() async {
    for (message, fragment) in zip(Attacks.swallowed, await render(Attacks.swallowed)) {
      #expect(fragment?.contains("KEEP") ?? true, "\(message)")
    }
  }

  @Test func messagesThatWearAReaderOutDontHoldUpTheOthers() async {
    let fragments = await render(Attacks.heavy + ["*after*"])
    #expect(fragments.last == "<p><em>after</em></p>")
  }

  @Test func oneProcessRendersABatch() async throws {
    let fake = try FakePandoc.counting()
    #expect(await renderer(fake.path).render((1...60).map { "message *\($0)*" }).allSatisfy { $0 != nil })
    #expect(fake.runs == 1)
  }

  @Test func aPandocThatDiesOverAMessageLosesThatMessageAlone() async throws {
    // Dies after two messages when it is given more, and always over the one that says so.
    let fake = try FakePandoc(
      """
      cat > $HERE/input
      if grep -q deadly $HERE/input; then
        $PANDOC "$@" < $HERE/input | sed '/deadly/,$d' | sed '$d'
        exit 1
      fi
      exec $PANDOC "$@" < $HERE/input
      """)
    let fragments = await renderer(fake.path).render(["one", "two", "deadly", "four"])
    #expect(fragments.map { $0 == nil } == [false, false, true, false])
    #expect(told.sentences == ["pandoc failed on a message, which the page shows as plain text"])
  }

  @Test func aPandocThatHangsIsKilledWithAllItStarted() async throws {
    var patience = PandocRenderer.Patience()
    patience.batch = .milliseconds(300)
    let fake = try FakePandoc("sleep 60 & echo $! > $HERE/child\nwait")
    let renderer = renderer(fake.path, patience: patience)
    #expect(await renderer.render(["x"]) == [nil])
    #expect(await renderer.probe() == nil)
    #expect(told.sentences.count == 1)
    let child = try fake.directory.read("child").filter(\.isNumber)
    #expect(try !Self.isRunning(child))
  }

  @Test func aPandocWithoutRuntimeOptionsIsUsedWithoutThem() async throws {
    let fake = try FakePandoc(
      "case \"$*\" in *RTS*) echo 'RTS options are disabled' >&2; exit 1;; esac\nexec $PANDOC \"$@\"")
    #expect(await renderer(fake.path).render(["*x*"]) == [Array("<p><em>x</em></p>".utf8)])
    #expect(told.sentences.isEmpty)
  }

  @Test(arguments: ["exit 1", "echo '<p>x</p>'", "exit 0", "head -c 1000000 /dev/zero", "kill -9 $$"])
  func aPandocOfNoUseIsToldOfOnceAndNotAskedAgain(script: String) async throws {
    let fake = try FakePandoc("echo x >> $HERE/runs\n\(script)")
    let renderer = renderer(fake.path)
    #expect(await renderer.render(["a", "b"]) == [nil, nil])
    #expect(await renderer.render(["c"]) == [nil])
    #expect(told.sentences.count == 1)
    #expect(fake.runs <= 2)
  }

  @Test func aPandocThatIsNotThereIsToldOf() async {
    #expect(await renderer("/nonexistent/pandoc").probe() == nil)
    #expect(told.sentences.count == 1)
  }

  @Test func theProbeSaysTheVersion() async throws {
    #expect(try #require(await renderer().probe()).contains("."))
  }

  /// Whether a process still runs; one that is dead but not reaped does not.
  private static func isRunning(_ process: String) throws -> Bool {
    let stat = "/proc/\(process)/stat"
    guard let text = try? String(contentsOfFile: stat, encoding: .utf8) else { return false }
    return !text.contains(") Z")
  }
}
