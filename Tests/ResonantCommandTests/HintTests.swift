// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// What is said once, where it helps.
struct HintTests {
  /// An address of this machine at which the usual servers do not listen.
  private static let quiet = "http://127.99.99.99"
  /// A port of this machine that nothing listens at.
  private static let nobody = "http://127.0.0.1:9"

  @Test(arguments: [(11434, "'ollama serve'"), (8080, "'llama-server -m MODEL.gguf'")])
  func aLocalServerThatIsNotThereIsNamedOnce(port: Int, start: String) async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", "\(Self.quiet):\(port)", "--model", "m", "--no-save", "--retries", "1"],
      in: try TemporaryDirectory())
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(
      ended.errors.contains("start it with \(start), or try --endpoint builtin: --model eliza"), "\(ended)")
    #expect(ended.errors.ranges(of: start).count == 1, "\(ended)")
    #expect(ended.errors.hasSuffix("\nmore: docs/troubleshooting.md#no-connection\n"), "\(ended)")
  }

  @Test func aMistypedPresetIsSuggested() async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", "olama", "--model", "m"], in: try TemporaryDirectory())
    #expect(ended.exitCode == 2 && ended.errors.hasSuffix("; did you mean ollama?\n"), "\(ended)")
  }

  @Test(arguments: [
    ("localhost:51119", "http://localhost:51119"), ("127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
    ("api.example.org/v1", "https://api.example.org/v1"), ("localhost:1/key-12", "http://localhost:1/…"),
  ])
  func anAddressWithoutASchemeIsSuggestedWithOne(text: String, url: String) async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", text, "--model", "m"], in: try TemporaryDirectory())
    #expect(ended.exitCode == 2 && ended.errors.hasSuffix("; did you mean \(url)?\n"), "\(ended)")
  }

  /// What may hold a secret is not repeated.
  @Test(arguments: ["u:secret-9@localhost:1", "localhost:1/v1?k=secret-9", "${PLACE}"])
  func anAddressThatMayHoldASecretIsNotRepeated(text: String) async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", text, "--model", "m"], in: try TemporaryDirectory(),
      environment: ["PLACE": "secret-9.example.org:1"])
    #expect(ended.exitCode == 2 && !ended.errors.contains("secret-9"), "\(ended)")
    #expect(!ended.errors.contains("did you mean"), "\(ended)")
  }

  // MARK: Models that nobody asked for

  private static func serving(_ names: String...) async throws -> Arena {
    try await Arena { request in
      let message: JSONValue = ["role": "assistant", "content": .string("Answer \(request.number).")]
      let model = names[min(request.number, names.count) - 1]
      return .json(["model": .string(model), "choices": [["message": message, "finish_reason": "stop"]]])
    }
  }

  @Test func anotherModelThanTheOneAskedForIsToldOnceAndStandsOnThePage() async throws {
    let arena = try await Self.serving("tiny")
    let ended = try await arena.chat("--model", "tinny", "--max-turns", "5", "--name", "c")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(
      ended.errors == "resonant: Bob: asked for tinny, answered by tiny\n"
        + "resonant: Alice: asked for tinny, answered by tiny\n", "\(ended)")
    #expect(try arena.directory.read("c.html").contains("<bdi>tinny (served: tiny)</bdi>"))
    let markdown = try await arena.resonant("export", "c.jsonl", "--to", "markdown")
    #expect(markdown.output.contains("- Shared model: tinny (served: tiny)\n"), "\(markdown)")
    let quiet = try await arena.chat("--model", "tinny", "--max-turns", "3", "--no-save", "--quiet")
    #expect(quiet.exitCode == 0 && quiet.errors.isEmpty, "\(quiet)")
  }

  @Test func theFullNameOfAModelIsNoOther() async throws {
    let arena = try await Self.serving("gpt-5-2025-08-07", "gpt-5:latest")
    let ended = try await arena.chat("--model", "gpt-5", "--max-turns", "4", "--name", "c")
    #expect(ended.exitCode == 0 && ended.errors.isEmpty, "\(ended)")
    #expect(try !arena.directory.read("c.html").contains("(served: "))
  }

  @Test func aChangedModelStandsOnThePage() async throws {
    let arena = try await Self.serving("m", "m", "other")
    _ = try await arena.chat("--max-turns", "3", "--name", "c")
    let ended = try await arena.resonant("resume", "c.jsonl", "--max-turns", "5", "--model", "n")
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try arena.directory.read("c.html").contains("<bdi>m, then n (served: other)</bdi>"))
  }

  private static func listing(_ names: String...) async throws -> Arena {
    let list = JSONValue.object(["data": .array(names.map { ["id": .string($0)] })])
    return try await Arena {
      $0.method == "GET"
        ? .json(list) : Refusal.error(Refusal.openAI, 404, "The model `gemma3` does not exist")
    }
  }

  @Test func aMistypedModelIsSuggestedFromTheEndpointsOwnList() async throws {
    let arena = try await Self.listing("llama3", "gemma3:27b")
    let ended = try await arena.chat("--model", "gemma3", "--headers", #"{"X-Key": "secret-9"}"#, "--no-save")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(
      ended.errors.contains("; it has no model 'gemma3'; did you mean gemma3:27b?\nmore: "), "\(ended)")
    #expect(arena.server.requests.map(\.method) == ["POST", "GET"])
    let checked = try await arena.resonant(
      "check", "--endpoint", arena.server.url(Refusal.openAI), "--model", "gemma3")
    #expect(checked.exitCode == 1 && checked.output.contains("; did you mean gemma3:27b?\n"), "\(checked)")
  }

  @Test func whereNoneIsNearFiveAreListed() async throws {
    let arena = try await Self.listing("one", "two", "three", "four", "five", "six")
    let ended = try await arena.chat("--model", "gemma3", "--no-save")
    #expect(ended.errors.contains("'gemma3': it has one, two, three, four, five, …\n"), "\(ended)")
  }

  // MARK: Long paid runs

  @Test func aLongChatWithAPaidServiceIsAnnounced() async throws {
    let flags = ["--endpoint", "openai", "--model", "m", "--no-save", "--retries", "0", "--max-turns"]
    let environment = ["OPENAI_API_KEY": "sk-1", "https_proxy": Self.nobody]
    let directory = try TemporaryDirectory()
    let long = try await ResonantBinary.run(flags + ["300"], in: directory, environment: environment)
    #expect(long.errors.hasPrefix("resonant: warning: up to 299 requests and about 11"), "\(long)")
    #expect(long.errors.contains("--budget-tokens"), "\(long)")
    for more in [["30"], ["300", "--budget-tokens", "9000"]] {
      let ended = try await ResonantBinary.run(flags + more, in: directory, environment: environment)
      #expect(ended.exitCode == 1 && !ended.errors.contains("warning: up to"), "\(ended)")
    }
  }

  @Test func aLongBatchIsAnnouncedBeforeItRuns() async throws {
    let laboratory = try Laboratory()
    let plan =
      "base: {endpoint: openai, model: m, bob_endpoint: \"builtin:\", bob_model: echo}\nrepeats: 200\n"
    try laboratory.plan(plan)
    let long = try await laboratory.batch("--dry-run")
    #expect(long.exitCode == 0, "\(long)")
    #expect(
      long.errors.hasPrefix("resonant: warning: up to 3,000 requests and about ")
        && long.errors.contains(" to openai, ") && long.errors.contains("limits.budget_tokens"), "\(long)")
    try laboratory.plan(plan + "limits: {budget_tokens: 1000}\n")
    #expect(try await laboratory.batch("--dry-run").stderr.isEmpty)
  }

  // MARK: Other faults

  @Test func httpToAServerWithTLS() async throws {
    let arena = try await Arena(
      .text("Client sent an HTTP request to an HTTPS server.", status: 400, type: "text/plain"))
    let ended = try await arena.chat("--no-save")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("HTTPS server; write https:// instead of http://\n"), "\(ended)")
  }

  @Test func aProxyThatIsNotThereIsNamedByItsVariable() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat(
      "--no-save", "--retries", "0", environment: ["http_proxy": "http://u:pass-word@127.0.0.1:9"])
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.contains("no connection to the proxy that http_proxy names, by which "), "\(ended)")
    #expect(!ended.errors.contains("pass-word"), "\(ended)")
    let excepted = try await arena.chat(
      "--no-save", "--max-turns", "2", environment: ["http_proxy": Self.nobody, "no_proxy": "127.0.0.1"])
    #expect(excepted.exitCode == 0, "\(excepted)")
  }

  @Test(arguments: ["CURL_CA_BUNDLE", "SSL_CERT_FILE"])
  func authoritiesThatCannotBeReadAreFoundAtTheStart(variable: String) async throws {
    let directory = try TemporaryDirectory()
    for command in [[], ["check"]] {
      let ended = try await ResonantBinary.run(
        command + ["--endpoint", "https://127.0.0.1:9/v1", "--model", "m"], in: directory,
        environment: [variable: "missing.pem"])
      #expect(ended.exitCode == 2, "\(ended)")
      #expect(ended.errors.contains("\(variable): the file of trusted authorities missing.pem"), "\(ended)")
    }
    #expect(directory.files.isEmpty)
  }

  @Test func refusalsThatRecurAreToldAtDoublingIntervals() async throws {
    let refusal = Answer.json(
      ["error": ["message": "slow"]], status: 429, headers: [("retry-after-ms", "1")])
    let arena = try await Arena { $0.number <= 9 ? refusal : .openAI("x") }
    let ended = try await arena.chat("--no-save", "--quiet", "--max-turns", "2")
    #expect(ended.exitCode == 0, "\(ended)")
    let lines = ended.errors.split(separator: "\n")
    #expect(lines.count == 4, "\(ended)")
    #expect(lines.last?.contains("slow (8 times so far); next attempt in ") == true, "\(ended)")
  }

  @Test func aModelThatRefusesWithAndWithoutToolsSaysSoOnce() async throws {
    let arena = try await Arena { _ in Refusal.error(Refusal.openAI, 400, "m does not support tools") }
    let ended = try await arena.chat("--no-save", "--order", "chain")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.ranges(of: "m does not support tools").count == 1, "\(ended)")
  }

  @Test func theDotsOfAServerAreKept() async throws {
    let arena = try await Arena { _ in
      Refusal.error(Refusal.openAI, 400, "Conversation roles must alternate user/assistant/...")
    }
    let ended = try await arena.chat("--no-save")
    #expect(ended.errors.contains("user/assistant/...; --roles"), "\(ended)")
  }

  @Test func oneMessageIsOne() async throws {
    let arena = try await Arena(.openAI("x"))
    let ended = try await arena.chat(
      "--no-save", "--verbose", "--max-turns", "2", "--system-prompt", "")
    #expect(ended.errors.contains(": model m, 1 message, "), "\(ended)")
  }

  // MARK: Files and pandoc

  @Test func aPandocThatDoesNotWorkIsNoPandoc() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("#!/bin/sh\nexit 2\n", to: "old", executable: true)
    let ended = try await ResonantBinary.run(
      ["check", "--endpoint", "builtin:", "--model", "eliza", "--pandoc-path", "./old"], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("no pandoc: ./old cannot be used (pandoc 2.17"), "\(ended)")
  }

  @Test func aPageWithoutPandocSaysSo() async throws {
    let ended = try await ResonantBinary.run(
      ["--endpoint", "builtin:", "--model", "echo", "--max-turns", "2", "--name", "c"],
      in: try TemporaryDirectory(), environment: ["PATH": "/nowhere"])
    #expect(ended.exitCode == 0 && ended.stderr.isEmpty, "\(ended)")
    #expect(ended.output.contains("\nPage: c.html (no pandoc: as plain text)\n"), "\(ended)")
  }

  @Test func fileNamesHaveTheScriptsBaseName() async throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(#"["a","b"]"#, to: "deep/lines.json")
    let ended = try await ResonantBinary.run(
      ["--endpoint", "builtin:", "--model", "script:\(path)", "--max-turns", "2", "--no-html"], in: directory)
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(try directory.only(".jsonl").hasPrefix("resonant-chat-script-lines-script-lines-"))
  }

  // MARK: Resume

  @Test func aFinishedTranscriptNeedsNoHeaders() async throws {
    let arena = try await Arena(.openAI("x"))
    _ = try await arena.chat("--headers", #"{"X-Key": "k"}"#, "--max-turns", "2", "--name", "c")
    for flags in [[], ["--max-turns", "2"]] {
      let ended = try await ResonantBinary.run(["resume", "c.jsonl"] + flags, in: arena.directory)
      #expect(ended.exitCode == 0 && !ended.errors.contains("headers"), "\(ended)")
    }
    let more = try await arena.resonant("resume", "c.jsonl", "--max-turns", "3")
    #expect(more.exitCode == 2 && more.errors.contains("headers of Alice"), "\(more)")
    #expect(arena.server.requests.count == 1)
  }

  @Test func aLongValueOfAChangeKeepsItsQuotationMarks() async throws {
    let arena = try await Arena(.openAI("x"), .openAI("y"))
    _ = try await arena.chat("--max-turns", "2", "--name", "c", "--no-html")
    let prompt = String(repeating: "long ", count: 30)
    let ended = try await arena.resonant(
      "resume", "c.jsonl", "--max-turns", "3", "--system-prompt", prompt)
    #expect(ended.exitCode == 0, "\(ended)")
    let event = try WrittenTranscript(arena.directory.read("c.jsonl")).all("event").first
    let changes = (event?["changes"]?.array ?? []).compactMap(\.string)
    #expect(changes.contains { $0.hasSuffix("long…\"") || $0.hasSuffix("lon…\"") || $0.hasSuffix("…\"") })
    #expect(changes.allSatisfy { $0.filter { $0 == "\"" }.count.isMultiple(of: 2) }, "\(changes)")
  }

  // MARK: Rooms

  @Test func aRoomThatFailsSaysSoOnce() async throws {
    let parlour = try await Parlour { _, _ in Refusal.error(Refusal.openAI, 400, "No, thanks") }
    try parlour.config()
    let ended = try await parlour.party("--go", "--quiet")
    #expect(ended.exitCode == 1, "\(ended)")
    #expect(ended.errors.ranges(of: "No, thanks").count == 1, "\(ended)")
    #expect(!ended.errors.contains("--go"), "\(ended)")
  }

  static let advices: [(status: Int, words: String, said: String)] = [
    (400, "System role not supported", "which rooms need: use another one in the config"),
    (401, "Incorrect API key provided", "give the endpoint's key in the provider's token"),
  ]

  @Test(arguments: advices)
  func adviceInARoomIsForItsConfig(status: Int, words: String, said: String) async throws {
    let parlour = try await Parlour { _, _ in Refusal.error(Refusal.openAI, status, words) }
    try parlour.config()
    let ended = try await parlour.party("--go", "--quiet")
    #expect(ended.exitCode == 1 && ended.errors.contains(said), "\(ended)")
    for flag in ["--system-prompt", "--headers", "--opening"] {
      #expect(!ended.errors.contains(flag), "\(ended)")
    }
  }
}
