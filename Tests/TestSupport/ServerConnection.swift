// SPDX-License-Identifier: MIT

import FlyingSocks
import Foundation

/// One connection of a scripted server, for its whole life.
struct ServerConnection {
  let socket: AsyncSocket
  let state: Watched<ScriptedServer.State>
  let script: ScriptedServer.Script

  private enum End: Error { case closed, abandoned }

  func serve() async {
    let number = state.update { state in
      state.connections += 1
      return state.connections
    }
    var parser = RequestParser()
    do {
      while true { try await answerNext(&parser, connection: number) }
    } catch {
      try? socket.close()
    }
  }

  private func answerNext(_ parser: inout RequestParser, connection: Int) async throws {
    var received = parser.next()
    while received == nil {
      parser.append(try await socket.read(atMost: 4096))
      received = parser.next()
    }
    guard let received else { return }
    let request = state.update { state in
      let request = RecordedRequest(
        number: state.requests.count + 1, connection: connection, method: received.head.method,
        target: received.head.target, headers: received.head.headers, body: received.body)
      state.requests.append(request)
      state.inFlight.insert(request.number)
      state.mostInFlight = max(state.mostInFlight, state.inFlight.count)
      return request
    }
    do {
      try await write(script(request), to: request.number)
      state.update { _ = $0.answered.insert(request.number) }
    } catch End.closed {
      state.update { _ = $0.answered.insert(request.number) }
      throw End.closed
    } catch {
      state.update { _ = $0.abandoned.insert(request.number) }
      throw error
    }
  }

  private func write(_ answer: Answer, to number: Int) async throws {
    defer { state.update { _ = $0.inFlight.remove(number) } }
    if answer.hasHead { try await socket.write(Data(answer.headBytes)) }
    for (index, step) in answer.body.enumerated() {
      if index == answer.body.count - 1 { state.update { _ = $0.inFlight.remove(number) } }
      try await perform(step, framing: answer.framing)
    }
    if answer.framing == .chunked { try await socket.write(Data("0\r\n\r\n".utf8)) }
    if answer.framing == .untilClose { throw End.closed }
  }

  private func perform(_ step: Answer.Step, framing: Answer.Framing) async throws {
    switch step {
    case .send(let bytes):
      guard framing == .chunked else { return try await socket.write(Data(bytes)) }
      let size = String(bytes.count, radix: 16)
      try await socket.write(Data("\(size)\r\n".utf8) + Data(bytes) + Data("\r\n".utf8))
    case .hold(let gate):
      try await unlessClientLeaves { try await gate.pass() }
    case .pause(let time):
      let gate = Gate()
      DispatchQueue.global().asyncAfter(deadline: .now() + time / .seconds(1)) { gate.open() }
      try await unlessClientLeaves { try await gate.pass() }
    case .stall:
      try await unlessClientLeaves { try await Gate().pass() }
    case .cut:
      throw End.closed
    case .reset:
      try socket.socket.setValue(true, for: LingerOption())
      throw End.closed
    }
  }

  private func unlessClientLeaves(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await body() }
      group.addTask { [socket] in
        do {
          while true { _ = try await socket.read(atMost: 4096) }
        } catch is CancellationError {
          return
        } catch {
          throw End.abandoned
        }
      }
      try await group.next()
      group.cancelAll()
    }
  }
}

/// Makes closing a socket send a reset.
private struct LingerOption: SocketOption {
  var name: Int32 { Int32(SO_LINGER) }
  func makeValue(from socketValue: linger) -> Bool { socketValue.l_onoff != 0 }
  func makeSocketValue(from value: Bool) -> linger { linger(l_onoff: value ? 1 : 0, l_linger: 0) }
}
