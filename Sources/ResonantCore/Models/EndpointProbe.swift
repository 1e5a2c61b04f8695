// SPDX-License-Identifier: MIT

import HTTPTransport
import Synchronization

/// Asks an endpoint for its list of models, to check whether it is reachable and has a certain model.
public struct EndpointProbe: Sendable {
  /// The result, in one sentence without a secret.
  public struct Finding: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
      case present
      /// The endpoint has a list without the model.
      case missing
      /// The endpoint answers, but has no readable list.
      case unknown
      case unreachable
    }

    public var kind: Kind
    public var sentence: String

    public init(kind: Kind, sentence: String) {
      self.kind = kind
      self.sentence = sentence
    }

    /// Whether a conversation would certainly fail.
    public var isFailure: Bool { kind == .missing || kind == .unreachable }
  }

  private let endpoint: Endpoint
  private let settings: RequestSettings
  private let transport: HTTPTransport

  public init(_ endpoint: Endpoint, settings: RequestSettings = RequestSettings(), transport: HTTPTransport) {
    self.endpoint = endpoint
    self.settings = settings
    self.transport = transport
  }

  public func look(for model: String) async -> Finding {
    let messages = EndpointMessages(
      endpoint: endpoint, model: model, redactor: Redactor(secrets: endpoint.secrets))
    let patience = min(settings.firstByteTimeout, .seconds(30))
    do throws(HTTPError) {
      guard let url = listURL else { return try await lookAtPath(within: patience) }
      let (head, body) = try await ask(url, within: patience)
      let finding = judge(head, body, model, messages)
      guard finding.kind == .unknown, let base = await otherBase(within: patience) else { return finding }
      let isThere = try await ask(endpoint.url, within: patience).head.status != 404
      return Finding(
        kind: isThere ? .unknown : .missing, sentence: "\(finding.sentence); \(Self.advice(base))")
    } catch {
      return Finding(kind: .unreachable, sentence: messages.transport(error).message)
    }
  }

  /// Looks whether anything is at a path that is that of no dialect. Models are asked by POST alone, so that a GET costs
  /// nothing, and its status tells little.
  private func lookAtPath(within silence: Duration) async throws(HTTPError) -> Finding {
    var status = ""
    var isAbsent = false
    do throws(HTTPError) {
      let head = try await ask(endpoint.url, within: silence).head
      status = (200..<300).contains(head.status) ? "" : " HTTP \(head.status)"
      isAbsent = head.status == 404
    } catch {
      guard case .redirect = error.kind else { throw error }
    }
    let sentence =
      "\(endpoint) answers\(status), but its path tells of no list of models; the model was not looked for"
    guard let base = await otherBase(within: silence) else {
      return Finding(kind: .unknown, sentence: sentence)
    }
    return Finding(kind: isAbsent ? .missing : .unknown, sentence: "\(sentence); \(Self.advice(base))")
  }

  /// The base URL ending in `/v1` on the same host that was probably meant, as it may be shown: one that has a list of
  /// models. Nil if there is none, or if the URL has such a base already.
  func otherBase(within limit: Duration) async -> String? {
    guard let base = Self.versioned(endpoint.url), let shown = Self.versioned(endpoint.display),
      await models(at: base + API.usual.dialect.listPath, within: limit) != nil
    else { return nil }
    return shown
  }

  static func advice(_ otherBase: String) -> String { "write \(otherBase) instead, where there are models" }

  private static func versioned(_ url: String) -> String? {
    let path = EndpointAddress.withoutSlashes(String(url.prefix { $0 != "?" }))
    let version = API.usual.dialect.basePath
    guard let dialect = API(path: path)?.dialect else {
      guard let host = path.firstRange(of: "://")?.upperBound else { return nil }
      return path[..<host] + path[host...].prefix { $0 != "/" } + version
    }
    let base = path.dropLast(dialect.chatPath.count)
    return dialect.basePath != version || base.hasSuffix(version) ? nil : base + version
  }

  /// The names in the endpoint's own list of models; nil if there is none that can be read.
  func models(within limit: Duration) async -> [String]? {
    guard let url = listURL else { return nil }
    return await models(at: url, within: limit)
  }

  private func models(at url: String, within limit: Duration) async -> [String]? {
    guard let (head, body) = try? await ask(url, within: limit),
      (200..<300).contains(head.status), let list = try? JSONValue.parse(body, syntax: .wire)
    else { return nil }
    return Self.names(list)
  }

  /// Whether a list has the model. With Ollama, `name` is `name:latest`.
  static func has(_ model: String, among names: [String]) -> Bool {
    names.contains { $0 == model || $0 == model + ":latest" }
  }

  /// - Parameter limit: for the whole answer, which an endpoint may send drop by drop.
  private func ask(
    _ url: String, within limit: Duration
  ) async throws(HTTPError) -> (head: HTTPResponseHead, body: [UInt8]) {
    let sink = ListSink()
    let timeouts = HTTPRequest.Timeouts(
      connect: min(settings.connectTimeout, limit), firstByte: limit, idle: limit)
    let headers = endpoint.api.dialect.headers(besides: endpoint.headers)
    let abort = HTTPAbort()
    let timer = Task {
      // An endpoint that sends nothing at all is told as such, by the transport.
      try await Task.sleep(for: limit + .milliseconds(500))
      abort.trigger()
    }
    defer { timer.cancel() }
    do throws(HTTPError) {
      let head = try await transport.send(
        HTTPRequest(.get, url, headers: headers, timeouts: timeouts), to: sink, abort: abort)
      return (head, sink.body)
    } catch {
      guard error.kind == .cancelled, !Task.isCancelled else { throw error }
      throw HTTPError(
        .idleTimeout, "\(endpoint) has not sent its whole answer within \(limit.components.seconds) seconds")
    }
  }

  /// The URL of the list of models, derived from the chat URL.
  private var listURL: String? {
    let parts = endpoint.url.split(separator: "?", maxSplits: 1)
    guard var path = parts.first else { return nil }
    while path.last == "/" { path.removeLast() }
    let query = parts.count > 1 ? "?" + parts[1] : ""
    // The path determines the kind of list, whatever the format of requests is.
    guard let dialect = API(path: path)?.dialect else { return nil }
    let list = path.dropLast(dialect.chatPath.count) + dialect.listPath
    return list + (query.isEmpty ? dialect.listQuery : query)
  }

  private func judge(
    _ head: HTTPResponseHead, _ body: [UInt8], _ model: String, _ messages: EndpointMessages
  ) -> Finding {
    guard (200..<300).contains(head.status) else {
      if [404, 405, 501].contains(head.status) {
        return Finding(kind: .unknown, sentence: "\(endpoint) answers, but has no list of models")
      }
      return Finding(kind: .unreachable, sentence: messages.status(head, body: body).message)
    }
    guard let list = try? JSONValue.parse(body, syntax: .wire), let names = Self.names(list) else {
      return Finding(kind: .unknown, sentence: "\(endpoint) answers, but its list of models cannot be read")
    }
    if Self.has(model, among: names) {
      return Finding(kind: .present, sentence: "\(endpoint) has the model \(model)")
    }
    // llama.cpp serves one model under any name.
    if list["data"]?.array?.first?["owned_by"] == "llamacpp" {
      return Finding(
        kind: .present, sentence: "\(endpoint) serves \(names.first ?? "a model") under any name")
    }
    return Finding(
      kind: .missing, sentence: "\(endpoint) does not have the model \(model)\(messages.others(names))")
  }

  /// `data` is the list of OpenAI and Anthropic, `models` that of Ollama.
  private static func names(_ list: JSONValue) -> [String]? {
    guard let items = list["data"]?.array ?? list["models"]?.array ?? list.array else { return nil }
    return items.compactMap { $0["id"]?.string ?? $0["name"]?.string ?? $0["model"]?.string }
  }
}

/// Keeps a body of up to about 8 MiB.
private final class ListSink: HTTPResponseSink {
  private static let limit = 8 << 20
  private let bytes = Mutex<[UInt8]>([])

  var body: [UInt8] { bytes.withLock { $0 } }

  func receive(head: HTTPResponseHead) {}

  func receive(body piece: UnsafeRawBufferPointer) -> HTTPProgress {
    bytes.withLock { bytes in
      bytes += piece
      return bytes.count > Self.limit ? .stop : .progress
    }
  }
}
