// SPDX-License-Identifier: MIT

import FlyingSocks
import Foundation

/// An HTTP/1.1 server on a loopback port of its own that records what it is asked and answers by a script.
/// It stops with the value.
///
///     let server = try await ScriptedServer(.openAI("Hel", "lo"), .openAI("Bye", .cut))
///     … server.url("/v1/chat/completions") …
///     #expect(server.requests[0].spoken == ["user: Hello!"])
public final class ScriptedServer: Sendable {
  /// Decides on the answer to a request.
  public typealias Script = @Sendable (RecordedRequest) -> Answer

  struct State: Sendable {
    var connections = 0
    var requests: [RecordedRequest] = []
    /// Numbers of the requests whose client left before it had the whole answer.
    var abandoned: Set<Int> = []
    /// Numbers of the requests that were answered as the script says.
    var answered: Set<Int> = []
    /// Numbers of the requests whose answer lacks its last part.
    var inFlight: Set<Int> = []
    /// The most that there ever were.
    var mostInFlight = 0
  }

  public let port: UInt16
  let state: Watched<State>
  private let accepting: Task<Void, any Error>

  /// Answers one request after the other, in order of arrival; a request too many gets status 418.
  public convenience init(_ answers: Answer...) async throws {
    try await self.init(answers: answers)
  }

  public convenience init(answers: [Answer]) async throws {
    try await self.init { request in
      answers.indices.contains(request.number - 1)
        ? answers[request.number - 1] : .error(418, "no answer is scripted for request \(request.number)")
    }
  }

  public init(script: @escaping Script) async throws {
    let pool = try await ServerSockets.shared.pool()
    let socket = try Socket(domain: AF_INET, type: .stream)
    try socket.setValue(true, for: .localAddressReuse)
    try socket.bind(to: .inet(ip4: "127.0.0.1", port: 0))
    try socket.listen()
    guard case .ip4(_, let port) = try socket.sockname() else { throw SocketError.disconnected }
    let state = Watched(State())
    let listener = try AsyncSocket(socket: socket, pool: pool)
    self.port = port
    self.state = state
    accepting = Task {
      defer { try? listener.close() }
      try await withThrowingDiscardingTaskGroup { group in
        while true {
          let socket = try await listener.accept()
          let connection = ServerConnection(socket: socket, state: state, script: script)
          group.addTask { await connection.serve() }
        }
      }
    }
  }

  deinit {
    accepting.cancel()
  }

  /// The address of a path on this server.
  public func url(_ path: String = "") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// All requests so far.
  public var requests: [RecordedRequest] { state.value.requests }

  /// The most requests that were in flight together. Each counts until the last step of its answer, which is when
  /// the client may know that it is over.
  public var mostInFlight: Int { state.value.mostInFlight }

  /// How many connections were opened.
  public var connections: Int { state.value.connections }

  /// Waits until request `number`, from 1, has arrived.
  @discardableResult
  public func waitForRequest(_ number: Int) async throws -> RecordedRequest {
    try await state.wait(for: "request \(number)") { $0.requests.count >= number }.requests[number - 1]
  }

  /// Waits until the client hung up on the answer to request `number` before its end.
  public func waitForAbandon(of number: Int) async throws {
    try await state.wait(for: "the client to leave request \(number)") { $0.abandoned.contains(number) }
  }

  /// Waits until the answer to request `number` is written as far as the script goes.
  public func waitForAnswer(to number: Int) async throws {
    try await state.wait(for: "the answer to request \(number)") { $0.answered.contains(number) }
  }
}

/// The poll that all servers of the test process share.
private actor ServerSockets {
  static let shared = ServerSockets()
  private var starting: Task<any AsyncSocketPool, any Error>?

  func pool() async throws -> any AsyncSocketPool {
    if let starting { return try await starting.value }
    let task = Task { () -> any AsyncSocketPool in
      let pool = SocketPool.make()
      try await pool.prepare()
      Task { try await pool.run() }
      return pool
    }
    starting = task
    return try await task.value
  }
}
