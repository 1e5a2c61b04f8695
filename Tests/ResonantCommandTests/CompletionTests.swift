// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// What shells offer after a Tab.
struct CompletionTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL.path(percentEncoded: false)

  /// Lines, each with the words that are offered at its end.
  private static let offers = [
    "resonant ba|batch", "resonant chat --tem|--template", "resonant --max-t|--max-turns",
    "resonant --endpoint builtin: --alice-mod|--alice-model",
    "resonant --endpoint o|openai openrouter ollama", "resonant chat --alice-endpoint ll|llamacpp",
    "resonant resume c.jsonl --endpoint bui|builtin:", "resonant --format |text ndjson",
    "resonant --color a|auto always", "resonant --order ch|chain",
    "resonant analyze --format |table json tsv", "resonant analyze --from ba|backrooms",
    "resonant export c.jsonl --to m|markdown",
  ]

  /// Commands, which fish sorts.
  private static let commands = ["resonant |chat party batch analyze export resume fork check help"]

  /// Files, which fish and zsh offer in another form.
  private static let files = [
    "resonant party examples/room/config.j|examples/room/config.json5",
    "resonant --alice-preamble preambles/ca|preambles/calm-explorer.json preambles/calm-shell.json",
    "resonant --template preambles/ca|preambles/cat-and-crow.jsonl",
  ]

  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Runs a script in the root of the package, with the path of the program in `$program`, that of the test's directory
  /// in `$work`, and the file with the lines in `$lines`; expects that it prints each with the words that are offered.
  private func expect(_ offers: [String], from shell: String, _ script: String) async throws {
    let lines = offers.map { $0.prefix { $0 != "|" } }
    let file = try directory.write("cd '\(Self.root)'\n\(script)", to: "script")
    let ended = try await Program(
      try #require(Tool.path(shell)), shell == "zsh" ? ["-f", file] : [file],
      environment: [
        "PATH": ResonantBinary.path, "HOME": directory.path, "TMPDIR": directory.path, "LANG": "C.UTF-8",
        "program": try ResonantBinary.executable(), "work": directory.path, "TERM": "xterm",
        "lines": try directory.write(lines.joined(separator: "\n") + "\n", to: "lines"),
      ], directory: directory.path
    ).finish(within: 120)
    let offered = ended.output.split(separator: "\n").map { line in
      let parts = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
      return "\(parts[0])|" + (parts.last ?? "").split(separator: " ").joined(separator: " ")
    }
    #expect(offered == offers, "\(ended)")
  }

  @Test func bashCompletes() async throws {
    try await expect(
      Self.offers + Self.commands + Self.files, from: "bash",
      """
      eval "$("$program" --generate-completion-script bash)"
      while IFS= read -r line; do
        read -ra COMP_WORDS <<< "$line"
        case $line in *' ') COMP_WORDS+=('') ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
        _resonant resonant "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "$line|${COMPREPLY[*]}"
      done < "$lines"
      """)
  }

  @Test(.enabled(if: Tool.path("fish") != nil || Tool.isCI, "fish is not installed: apt-get install fish"))
  func fishCompletes() async throws {
    try await expect(
      Self.offers, from: "fish",
      """
      "$program" --generate-completion-script fish | source
      for line in (cat $lines)
        echo "$line|"(complete -C "$line" | string replace -r '\\t.*' '' | string join ' ')
      end
      """)
  }

  @Test(.enabled(if: Tool.path("zsh") != nil || Tool.isCI, "zsh is not installed: apt-get install zsh"))
  func zshCompletes() async throws {
    // For each line, a zsh in a terminal of its own writes down what it offers, and ends.
    let settings = try directory.write(
      #"""
      PROMPT=
      fpath=($work $fpath)
      autoload -Uz compinit
      compinit -u -D
      bindkey '^I' complete-word
      compadd() {
        if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
        local -a offered
        builtin compadd -A offered "$@"
        print -rn -- "${(j: :)offered} " >> $work/offered
        builtin compadd "$@"
      }
      ended() { exit }
      comppostfuncs=(ended)
      print ready
      """#, to: "zshrc")
    try await expect(
      Self.offers + Self.commands, from: "zsh",
      """
      "$program" --generate-completion-script zsh > $work/_resonant
      zmodload zsh/zpty
      while IFS= read -r line; do
        : > $work/offered
        zpty shell zsh -f -i
        zpty -w shell 'source \(settings)'
        zpty -r shell text '*ready*'
        zpty -n -w shell "$line"$'\\t'
        while zpty -r shell text; do :; done
        zpty -d shell
        print -r -- "$line|$(<$work/offered)"
      done < $lines
      """)
  }
}
