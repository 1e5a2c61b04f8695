// SPDX-License-Identifier: MIT

import HTTPTransport
import Testing

@testable import ResonantCore

extension API {
  static let openai = API(OpenAIChat())
  static let anthropic = API(AnthropicMessages())
  static let ollama = API(OllamaChat())
}

@Suite struct EndpointTests {
  func resolve(
    _ text: String, api: API? = nil, headers: JSONObject = [:], environment: [String: String] = [:],
    paths: Endpoint.PathRule = .endpoint
  ) throws(InvalidValue) -> Endpoint {
    try Endpoint.resolve(text, api: api, headers: headers, environment: environment, paths: paths)
  }

  @Test(arguments: [
    ["http://h:1/v1", "http://h:1/v1/", "HTTP://H:1/v1//"], ["http://h:1", "http://h:1/"],
    ["http://h/v1", "http://h:80/v1", "http://H:80/v1/", "http://h:/v1"],
    ["https://h/p/v1?a=B", "https://H:443/p/v1/?a=B"], ["http://[::1]/v1", "http://[::1]:80/v1"],
    ["http://h/api/Chat", "http://H:80/api/Chat"], ["http://u:P@h/v1", "http://u:P@H/v1/"],
  ])
  func spellingsOfOneURLAreOneEndpoint(spellings: [String]) throws {
    let endpoints = try spellings.map { try resolve($0) }
    #expect(Set(endpoints.map(\.url)).count == 1)
    #expect(Set(endpoints.map(\.display)).count == 1)
    #expect(Set(spellings.map(EndpointAddress.plain)) == [EndpointAddress.plain(spellings[0])])
    #expect(EndpointAddress.plain(spellings[0]) == spellings[0])
  }

  @Test(arguments: [
    "builtin:", "ollama", "${URL}", "http://${HOST}:80/v1", "http://h/v1/messages/", "http://h/V1/", "no url",
  ])
  func whatMayMeanAnotherStays(text: String) {
    #expect(EndpointAddress.plain(text) == text)
  }

  @Test(arguments: [
    ("http://localhost:11434/api/chat", "http://localhost:11434/api/chat", API.ollama),
    ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/chat/completions", .openai),
    ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages", .anthropic),
    ("https://api.anthropic.com/v1/messages/", "https://api.anthropic.com/v1/messages/", .anthropic),
    ("http://h/v1", "http://h/v1/chat/completions", .openai),
    ("http://h/v1/", "http://h/v1/chat/completions", .openai),
    ("http://h:81/proxy/v1?a=b", "http://h:81/proxy/v1/chat/completions?a=b", .openai),
    ("http://h", "http://h/v1/chat/completions", .openai),
    ("http://h/", "http://h/v1/chat/completions", .openai),
    ("http://h?a=b", "http://h/v1/chat/completions?a=b", .openai),
    ("HTTP://H/some/Path", "http://h/some/Path", .openai),
    ("http://[::1]:8080/v1", "http://[::1]:8080/v1/chat/completions", .openai),
    ("http://h/v1#top", "http://h/v1/chat/completions", .openai),
    ("ollama", "http://localhost:11434/api/chat", .ollama),
    ("lmstudio", "http://localhost:1234/v1/chat/completions", .openai),
    ("llamacpp", "http://localhost:8080/v1/chat/completions", .openai),
    ("vllm", "http://localhost:8000/v1/chat/completions", .openai),
    ("openai", "https://api.openai.com/v1/chat/completions", .openai),
    ("anthropic", "https://api.anthropic.com/v1/messages", .anthropic),
    ("openrouter", "https://openrouter.ai/api/v1/chat/completions", .openai),
    ("builtin:", "builtin:", .openai),
  ])
  func urlAndDialect(text: String, url: String, api: API) throws {
    let endpoint = try resolve(text)
    #expect(endpoint.url == url)
    #expect(endpoint.api == api)
    #expect(endpoint.source == text)
  }

  @Test func theNamedDialectWins() throws {
    #expect(try resolve("http://h/api/chat", api: .openai).api == .openai)
    #expect(try resolve("http://h", api: .anthropic).url == "http://h/v1/messages")
    #expect(try resolve("http://h", api: .ollama).url == "http://h/api/chat")
    #expect(try resolve("http://h/v1", api: .anthropic).url == "http://h/v1/messages")
    #expect(try resolve("http://h/v1", api: .ollama).url == "http://h/v1/chat/completions")
    #expect(try resolve("ollama", api: .openai).url == "http://localhost:11434/v1/chat/completions")
  }

  @Test(arguments: API.allCases.map(\.rawValue))
  func whatADialectNamesIsSpokenThere(name: String) throws {
    let api = try #require(API(rawValue: name))
    let dialect = api.dialect
    for (preset, base) in dialect.presets {
      let endpoint = try resolve(preset)
      #expect(endpoint.api == api && endpoint.company == preset)
      #expect(endpoint.url.hasPrefix(base) && endpoint.url.hasSuffix(dialect.chatPath))
      #expect(try resolve(endpoint.url).api == api)
    }
    for host in dialect.hosts {
      let url = "https://\(host.name)/v1\(dialect.chatPath)"
      let endpoint = try resolve(url, environment: [host.variable: "k"])
      let header = host.keyHeader
      #expect(endpoint.headers == [HTTPRequest.Header(header.name, header.prefix + "k")])
      #expect(endpoint.api == api && endpoint.company == host.company)
      #expect(endpoint.keyVariable == host.variable)
    }
  }

  @Test(arguments: [
    ("http://h/v1", "http://h/v1/chat/completions"),
    ("http://h/openai/", "http://h/openai/chat/completions"),
    ("http://h/api/chat", "http://h/api/chat"),
    ("http://h/v1/messages", "http://h/v1/messages"),
    ("http://h/v1/chat/completions", "http://h/v1/chat/completions"),
    ("ollama", "http://localhost:11434/api/chat"),
  ])
  func aBaseGetsItsPath(text: String, url: String) throws {
    #expect(try resolve(text, paths: .base).url == url)
  }

  @Test(arguments: [
    "", "localhost:8080", "ftp://h/v1", "http://", "http:///v1", "http://h:x/v1", "http://h:99999/",
    "http://h/a b",
    "olama", "http://h\\@evil/", "http://[::1/v1",
  ])
  func whatIsNoEndpointIsRefused(text: String) {
    #expect(throws: InvalidValue.self) { try resolve(text) }
  }

  // MARK: Secrets

  /// They are recorded, also where nobody is sent them, and what is no name may be a header with its value.
  @Test(arguments: ["http://h:1", "builtin:"])
  func whatCannotBeAHeaderIsRefused(endpoint: String) {
    #expect(throws: InvalidValue.self) {
      try Endpoint.resolve(endpoint, headers: ["X-Key: s3cret": "y"], environment: [:])
    }
  }

  @Test func queryAndUserInfoAreSentButNotShown() throws {
    let endpoint = try resolve("https://me:p%40ss@h.example:8443/v1?key=s3cret%21&b")
    #expect(endpoint.url == "https://h.example:8443/v1/chat/completions?key=s3cret%21&b")
    #expect(endpoint.display == "https://h.example:8443/v1/chat/completions")
    #expect(endpoint.headers == [HTTPRequest.Header("Authorization", "Basic bWU6cEBzcw==")])
    #expect(endpoint.headerNames == [])
    #expect(endpoint.hidesPart)
    for secret in ["s3cret%21", "s3cret!", "p@ss", "p%40ss", "bWU6cEBzcw=="] {
      #expect(Redactor(secrets: endpoint.secrets).redact("a \(secret) b") == "a *** b")
    }
    #expect("\(endpoint)" == endpoint.display)
    var dumped = ""
    dump(endpoint, to: &dumped)
    #expect(!dumped.contains("s3cret"))
  }

  @Test func variablesAreFilledInAndShownByName() throws {
    let environment = ["HOST": "gpu7.example", "TOKEN": "tok-12345", "BASE": "http://b.example/v1"]
    let endpoint = try resolve(
      "http://${HOST}:8000/v1", headers: ["Authorization": "Bearer ${TOKEN}", "X-Literal": "$${TOKEN}"],
      environment: environment)
    #expect(endpoint.url == "http://gpu7.example:8000/v1/chat/completions")
    #expect(endpoint.display == "http://${HOST}:8000/v1/chat/completions")
    #expect(endpoint.headers.map(\.value) == ["Bearer tok-12345", "${TOKEN}"])
    #expect(endpoint.headerReferences == ["Authorization": "Bearer ${TOKEN}"])
    #expect(Redactor(secrets: endpoint.secrets).redact("tok-12345") == "***")
    #expect(try resolve("${BASE}", environment: environment).display == "${BASE}/chat/completions")
    #expect(try resolve("${BASE}", environment: environment).url == "http://b.example/v1/chat/completions")
  }

  @Test(arguments: ["builtin:", "ollama", "openai", "http://h/v1"])
  func aVariableMayStandForAnyEndpoint(text: String) throws {
    let literal = try resolve(text)
    let endpoint = try resolve("${WHERE}", environment: ["WHERE": text])
    #expect(endpoint.url == literal.url)
    #expect(endpoint.api == literal.api)
    #expect(endpoint.isBuiltin == literal.isBuiltin)
    #expect(endpoint.company == literal.company)
    #expect(endpoint.source == "${WHERE}")
    // A name that everybody knows is shown and no secret; a URL is both.
    let isURL = text.contains("/")
    #expect(endpoint.display == (isURL ? "${WHERE}/chat/completions" : literal.display))
    #expect(endpoint.secrets == (isURL ? [text] : literal.secrets))
  }

  @Test(arguments: [
    ("http://${NOPE}/v1", "the environment variable NOPE is not set"),
    ("http://${EMPTY}/v1", "the environment variable EMPTY is set, but empty"),
    ("http://${x/v1", "'${' begins no ${NAME} of an environment variable (write $${ for the two characters)"),
  ])
  func missingVariablesAreNamed(text: String, message: String) {
    let error = #expect(throws: InvalidValue.self) { try resolve(text, environment: ["EMPTY": ""]) }
    #expect(error?.description == message)
    let inHeader = #expect(throws: InvalidValue.self) {
      try resolve("http://h", headers: ["X-Key": .string(text)], environment: ["EMPTY": ""])
    }
    #expect(inHeader?.description == "header X-Key: " + message)
  }

  @Test func headerValuesInTheirJSONForm() throws {
    let endpoint = try resolve(
      "http://h", headers: ["A": "x", "B": 1.50, "C": true, "content-TYPE": "text/x"])
    #expect(endpoint.headers.map(\.value) == ["x", "1.5", "true", "text/x"])
    #expect(endpoint.headerNames == ["A", "B", "C"])
  }

  @Test(
    arguments: [
      ("A", JSONValue.null), ("A", JSONValue.array(["x"])), ("A", .object(["a": 1])), ("A", "x\r\nB: y"),
      ("A", "x\ny"), ("A", "x\u{0}"),
      ("a b", "x"), ("a:", "x"), ("", "x"), ("é", "x"),
    ] as [(String, JSONValue)])
  func otherHeadersAreRefused(name: String, value: JSONValue) {
    let error = #expect(throws: InvalidValue.self) { try resolve("http://h", headers: [name: value]) }
    #expect(error?.description.contains("x\r") == false)
  }

  @Test func theUsualKeyIsUsedForKnownHosts() throws {
    let environment = ["OPENAI_API_KEY": "sk-1234", "ANTHROPIC_API_KEY": "ant-1234", "GROQ_API_KEY": ""]
    let openai = try resolve("openai", environment: environment)
    #expect(openai.headers == [HTTPRequest.Header("Authorization", "Bearer sk-1234")])
    #expect(openai.headerNames == ["Authorization"])
    #expect(openai.headerReferences == ["Authorization": "Bearer ${OPENAI_API_KEY}"])
    #expect(openai.company == "openai")
    let anthropic = try resolve("https://API.anthropic.com/v1/messages", environment: environment)
    #expect(anthropic.headers == [HTTPRequest.Header("x-api-key", "ant-1234")])
    #expect(anthropic.headerReferences == ["x-api-key": "${ANTHROPIC_API_KEY}"])
    #expect(try resolve("https://api.groq.com/openai/v1", environment: environment).headers == [])
  }

  @Test func theUsualKeyGoesNowhereElse() throws {
    let environment = ["OPENAI_API_KEY": "sk-1234"]
    for text in [
      "http://api.openai.com/v1", "https://api.openai.com.evil.example/v1", "https://api.openai.com:8443/v1",
      "https://api.openai.com@evil.example/v1", "https://evil.example/api.openai.com/v1",
    ] {
      #expect(
        try resolve(text, environment: environment).headers.contains { $0.value.contains("sk-1234") } == false
      )
    }
    let given = try resolve("openai", headers: ["authorization": "Bearer mine"], environment: environment)
    #expect(given.headers == [HTTPRequest.Header("authorization", "Bearer mine")])
    let key = try resolve("openai", headers: ["Api-Key": "mine"], environment: environment)
    #expect(key.headers.count == 1)
    #expect(throws: InvalidValue.self) {
      try resolve("openai", environment: ["OPENAI_API_KEY": "sk\r\nX: y"])
    }
  }
}
