// SPDX-License-Identifier: MIT

/// A short name for a well-known service or local server.
struct Preset {
  static let all = API.allCases.flatMap { api in
    api.dialect.presets.map { Preset(name: $0.key, base: $0.value, api: api) }
  }

  let name: String
  /// The base URL.
  let base: String
  let api: API

  static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}

/// A server that people run on their own machine.
struct LocalServer {
  private static let all = [
    LocalServer(preset: "ollama", name: "Ollama", start: "ollama serve"),
    LocalServer(preset: "lmstudio", name: "LM Studio's server", start: "lms server start"),
    LocalServer(preset: "llamacpp", name: "llama.cpp's server", start: "llama-server -m MODEL.gguf"),
    LocalServer(preset: "vllm", name: "vLLM", start: "vllm serve MODEL"),
  ]

  private let preset: String
  private let name: String
  private let start: String

  /// The server that an endpoint on this machine is meant for, by its preset or its usual port.
  static func behind(_ endpoint: Endpoint) -> LocalServer? {
    guard let address = try? EndpointAddress(Array(endpoint.url.utf8)), address.isLocal else { return nil }
    if let server = all.first(where: { $0.preset == endpoint.company }) { return server }
    return all.first { server in
      let usual = Preset.named(server.preset).flatMap { try? EndpointAddress(Array($0.base.utf8)) }
      return usual?.port == address.port
    }
  }

  /// What to do if nothing listens there.
  func advice(isRoom: Bool) -> String {
    let other =
      isRoom ? "a provider with url 'builtin:' and model eliza" : "--endpoint builtin: --model eliza"
    return "\(name) is not running there: start it with '\(start)', or try \(other)"
  }
}

/// A host with a known operator and usual key variable.
struct KnownHost {
  static let all = Dictionary(
    API.allCases.flatMap(\.dialect.hosts).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  let name: String
  let company: String
  /// The environment variable that usually holds the key.
  let variable: String
  let keyHeader: KeyHeader

  init(_ name: String, company: String, variable: String, keyHeader: KeyHeader = .bearer) {
    self.name = name
    self.company = company
    self.variable = variable
    self.keyHeader = keyHeader
  }
}

/// How an API key is sent.
struct KeyHeader {
  static let bearer = KeyHeader(name: "Authorization", prefix: "Bearer ")

  let name: String
  /// The text before the key.
  var prefix = ""

  /// Whether a header with this name carries credentials in one of the dialects or for Azure.
  static func isCredential(_ name: String) -> Bool { names.contains(name.lowercased()) }

  private static let names = Set(API.allCases.map { $0.dialect.keyHeader.name.lowercased() } + ["api-key"])
}
