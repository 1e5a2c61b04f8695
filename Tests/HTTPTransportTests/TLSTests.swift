// SPDX-License-Identifier: MIT

import Foundation
import HTTPTransport
import Testing

/// `openssl` as a server with a certificate that it has signed itself.
private struct TLSServer {
  let url: String
  let certificate: String
  private let directory: URL
  private let process: Process

  static let isAvailable = (try? openssl(["version"]))?.terminationStatus == 0

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    certificate = directory.appending(path: "certificate.pem").path
    let key = directory.appending(path: "key.pem").path
    _ = try Self.openssl([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
      "-out", certificate, "-days", "2",
      "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
    ])
    let output = Pipe()
    process = Self.process(["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key])
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var said = ""
    while true {
      let data = output.fileHandleForReading.availableData
      said += String(decoding: data, as: UTF8.self)
      if let match = said.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)\n/) {
        url = "https://127.0.0.1:\(match.1)/"
        break
      }
      try #require(!data.isEmpty, "openssl s_server said no port: \(said)")
    }
  }

  func stop() {
    // It inherits a signal mask under which it does not hear SIGTERM.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: directory)
  }

  private static func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.standardError = FileHandle.nullDevice
    return process
  }

  private static func openssl(_ arguments: [String]) throws -> Process {
    let process = process(arguments)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process
  }
}

@Suite(.deadline, .serialized, .enabled(if: TLSServer.isAvailable)) struct TLSTests {
  @Test(arguments: EventLoop.allCases)
  func aCertificateOfAnUnknownAuthorityIsRefused(_ loop: EventLoop) async throws {
    let server = try TLSServer()
    defer { server.stop() }
    let error = try #require(await HTTPTransport(loop).failure(of: HTTPRequest(.get, server.url)))
    #expect(error.kind == .tls)
    #expect(!error.isTransient)
    #expect(error.message.contains("self-signed") || error.message.contains("self signed"))
  }

  @Test(arguments: EventLoop.allCases)
  func aCertificateInTheFileOfAuthoritiesIsTrustedByMany(_ loop: EventLoop) async throws {
    let server = try TLSServer()
    defer { server.stop() }
    let transport = HTTPTransport(loop) { $0.caFile = server.certificate }
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 {
        group.addTask { try await transport.send(HTTPRequest(.get, server.url), to: Recorder()).status }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 20))
  }

  @Test(arguments: EventLoop.allCases)
  func allWhoWaitForAConnectionThatFailsAreTold(_ loop: EventLoop) async throws {
    let server = try TLSServer()
    defer { server.stop() }
    let transport = HTTPTransport(loop)
    let kinds = await withTaskGroup(of: HTTPError.Kind?.self) { group in
      for _ in 0..<20 { group.addTask { await transport.failure(of: HTTPRequest(.get, server.url))?.kind } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(kinds == Array(repeating: .tls, count: 20))
  }

  @Test func aMissingFileOfAuthoritiesIsNamed() async throws {
    let server = try TLSServer()
    defer { server.stop() }
    let transport = HTTPTransport(.preferred) { $0.caFile = "/no/such/file.pem" }
    let error = try #require(await transport.failure(of: HTTPRequest(.get, server.url)))
    #expect(error.kind == .tls)
    #expect(error.message.contains("CURL_CA_BUNDLE"))
  }
}
