// SPDX-License-Identifier: MIT

import ResonantCore

/// What a scripted server does in answer to one request.
public struct Answer: Sendable {
  /// One thing after the other, each written to the socket by itself.
  public enum Step: Sendable {
    case send([UInt8])
    /// Waits for the gate.
    case hold(Gate)
    /// Says nothing for a while, as a model that generates slowly.
    case pause(Duration)
    /// Says nothing more until the client leaves.
    case stall
    /// Closes the connection in mid-answer.
    case cut
    /// Breaks the connection with a TCP reset.
    case reset
  }

  /// How the client learns where the body ends.
  public enum Framing: Sendable {
    case length, chunked, untilClose
  }

  public var status: Int
  public var headers: [(name: String, value: String)]
  public var framing: Framing
  public var body: [Step]

  public init(
    status: Int = 200, headers: [(name: String, value: String)] = [], framing: Framing = .chunked,
    body: [Step]
  ) {
    self.status = status
    self.headers = headers
    self.framing = framing
    self.body = body
  }

  /// A body of one piece.
  public static func text(
    _ text: String, status: Int = 200, type: String, headers: [(name: String, value: String)] = []
  ) -> Answer {
    Answer(
      status: status, headers: [("Content-Type", type)] + headers, framing: .length,
      body: [.send(Array(text.utf8))])
  }

  public static func json(
    _ body: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> Answer {
    text(body.jsonText, status: status, type: "application/json", headers: headers)
  }

  /// An error page as gateways send it.
  public static func html(_ status: Int, headers: [(name: String, value: String)] = []) -> Answer {
    text(
      "<html><head><title>\(status)</title></head><body>gateway</body></html>", status: status,
      type: "text/html", headers: headers)
  }

  /// The error object of OpenAI's API.
  public static func error(
    _ status: Int, _ message: String, headers: [(name: String, value: String)] = []
  ) -> Answer {
    json(["error": ["message": .string(message), "type": "error"]], status: status, headers: headers)
  }

  /// Takes the request and never says anything.
  public static let silence = Answer(framing: .untilClose, body: [.stall]).withoutHead

  /// Takes the request and hangs up.
  public static let hangUp = Answer(framing: .untilClose, body: [.cut]).withoutHead

  /// False for answers that begin with their first step.
  private(set) var hasHead = true

  private var withoutHead: Answer {
    var copy = self
    copy.hasHead = false
    return copy
  }

  /// Exactly these bytes, status line included.
  public static func raw(_ steps: Step...) -> Answer {
    Answer(framing: .untilClose, body: steps).withoutHead
  }

  var headBytes: [UInt8] {
    var lines = ["HTTP/1.1 \(status) \(status < 400 ? "OK" : "Error")"]
    lines += headers.map { "\($0.name): \($0.value)" }
    switch framing {
    case .length: lines.append("Content-Length: \(bodyLength)")
    case .chunked: lines.append("Transfer-Encoding: chunked")
    case .untilClose: lines.append("Connection: close")
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  private var bodyLength: Int {
    body.reduce(0) { sum, step in if case .send(let bytes) = step { sum + bytes.count } else { sum } }
  }
}
