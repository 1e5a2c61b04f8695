// SPDX-License-Identifier: MIT

import HTTPTransport
import TestSupport
import Testing

@testable import ResonantCore

@Suite struct EndpointProbeTests {
  func look(
    _ answer: Answer, _ path: String, for model: String
  ) async throws -> (EndpointProbe.Finding, String) {
    let server = try await ScriptedServer(answer)
    let endpoint = try Endpoint.resolve(server.url(path), environment: [:])
    let finding = await EndpointProbe(endpoint, transport: HTTPTransport()).look(for: model)
    return (finding, server.requests.first.map { "\($0.method) \($0.target)" } ?? "")
  }

  @Test(arguments: [
    ("/v1/chat/completions", "GET /v1/models"), ("/v1?key=x", "GET /v1/models?key=x"),
    ("/v1/messages", "GET /v1/models?limit=1000"),
    ("/api/chat", "GET /api/tags"),
  ])
  func asksForTheListBesideTheChat(path: String, asked: String) async throws {
    let (_, request) = try await look(.json(["data": []]), path, for: "m")
    #expect(request == asked)
  }

  static let openAI = Answer.json(["object": "list", "data": [["id": "gpt"], ["id": "m"]]])
  static let ollama = Answer.json(["models": [["name": "gemma3:27b"], ["name": "llama3:latest"]]])
  static let llama = Answer.json(["data": [["id": "tiny", "owned_by": "llamacpp"]]])

  @Test(
    arguments: [
      (openAI, "m", EndpointProbe.Finding.Kind.present), (openAI, "n", .missing),
      (ollama, "llama3", .present),
      (ollama, "gemma3:27b", .present), (ollama, "gemma3", .missing), (llama, "anything", .present),
      (.text("no", status: 404, type: "text/plain"), "m", .unknown),
      (.text("<html>", type: "text/html"), "m", .unknown),
      (.error(401, "bad key"), "m", .unreachable), (.hangUp, "m", .unreachable),
    ] as [(Answer, String, EndpointProbe.Finding.Kind)])
  func tellsWhetherTheModelIsThere(
    answer: Answer, model: String, kind: EndpointProbe.Finding.Kind
  ) async throws {
    let (finding, _) = try await look(answer, "/v1/chat/completions", for: model)
    #expect(finding.kind == kind, "\(finding.sentence)")
  }

  @Test(
    arguments: [
      (.json([:]), .unknown), (.error(405, "POST only"), .unknown), (.error(404, "no"), .unknown),
      (Answer(status: 302, headers: [("Location", "/login")], framing: .length, body: []), .unknown),
      (.hangUp, .unreachable),
    ] as [(Answer, EndpointProbe.Finding.Kind)])
  func aPathThatTellsOfNoListIsAskedItself(answer: Answer, kind: EndpointProbe.Finding.Kind) async throws {
    let (finding, request) = try await look(answer, "/some/path?key=x", for: "m")
    #expect(finding.kind == kind, "\(finding.sentence)")
    #expect(request == "GET /some/path?key=x" && !finding.sentence.contains("key"))
  }

  @Test func saysWhatTheEndpointHasInstead() async throws {
    let (finding, _) = try await look(Self.ollama, "/api/chat", for: "phi")
    #expect(
      finding.sentence.hasSuffix("/api/chat does not have the model phi: it has gemma3:27b, llama3:latest"))
  }
}
