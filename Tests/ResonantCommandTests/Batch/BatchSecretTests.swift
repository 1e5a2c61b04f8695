// SPDX-License-Identifier: MIT

import ResonantCore
import TestSupport
import Testing

/// Secrets that stand in a plan reach the server and no file or stream.
struct BatchSecretTests {
  private let lab: Laboratory

  init() throws { lab = try Laboratory() }

  private func expectNoSecret(in ended: FinishedProgram) throws {
    #expect(!ended.output.contains("s3cret") && !ended.errors.contains("s3cret"), "\(ended)")
    for name in lab.directory.files where name != "plan.yaml" {
      #expect(!name.contains("s3cret"))
      #expect(try !lab.directory.read(name).contains("s3cret"), "\(name)")
    }
  }

  @Test func literalSecretsOfAPlanAreInNoFileAndOnNoStream() async throws {
    let server = try await ScriptedServer.willing()
    let endpoint = server.url("/v1") + "?key=s3cret-query"
    try lab.plan(
      """
      base: {endpoint: '\(endpoint)', model: m, max_turns: 2, headers: {X-Base: s3cret-base}, payload: {api_key: s3cret-body}}
      matrix:
        x:
          - {headers.X-Swept: s3cret-one, payload.auth.token: s3cret-field, opening: A}
          - {headers.X-Swept: s3cret-two, payload: {password: s3cret-word}, opening: B}
          - {headers.X-Swept: 'Bearer ${KEY}', endpoint: '\(endpoint)-2', opening: C}
      limits: {endpoints: {'\(endpoint)': 2}}

      """)
    let environment = ["KEY": "s3cret-variable", "PATH": "/nowhere"]
    for flags in [["--dry-run"], ["--html"], ["--status"], ["--dry-run"], []] {
      let ended = try await ResonantBinary.run(
        ["batch", "plan.yaml"] + flags, in: lab.directory, environment: environment)
      #expect(ended.exitCode == 0, "\(ended)")
      try expectNoSecret(in: ended)
    }
    #expect(server.requests.count == 3)
    #expect(
      Set(server.requests.compactMap { $0.header("X-Swept") }) == [
        "s3cret-one", "s3cret-two", "Bearer s3cret-variable",
      ])
    #expect(try lab.trials().count == 3)
    #expect(
      try lab.summary().compactMap { $0["headers.X-Swept"]?.string } == ["***", "***", "Bearer ${KEY}"])
    #expect(try lab.directory.read("x/plan.json").contains(#""X-Base":"***""#))
  }

  @Test func errorsOfAPlanShowNoSecret() async throws {
    for rest in [
      "limits: {endpoints: {'http://h/v1?key=s3cret-a': 2}}\n",
      "matrix: {endpoint: ['http://h/v1?key=s3cret-a', 'http://h/v1?key=s3cret-a']}\n",
      "matrix: {headers.X: [s3cret-a, s3cret-b]}\n",
    ] {
      try lab.plan("base: {endpoint: 'http://u:s3cret-p@h/v1?key=s3cret-q', model: m}\n" + rest)
      let ended = try await lab.batch()
      #expect(ended.exitCode == 2, "\(ended)")
      try expectNoSecret(in: ended)
    }
    #expect(lab.directory.files == ["plan.yaml"])
  }
}
