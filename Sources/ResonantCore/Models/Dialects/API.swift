// SPDX-License-Identifier: MIT

/// A wire format for requests, as named by users. Replies are read in whichever format they come.
public struct API: Sendable, RawRepresentable, CaseIterable {
  /// All dialects. Most servers speak the first one.
  private static let dialects: [any Dialect] = [OpenAIChat(), AnthropicMessages(), OllamaChat()]

  public static let allCases = dialects.map(API.init)
  /// The default for endpoints.
  public static let usual = API(OpenAIChat())

  let dialect: any Dialect

  init(_ dialect: any Dialect) {
    self.dialect = dialect
  }

  public init?(rawValue: String) {
    guard let api = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = api
  }

  public var rawValue: String { dialect.name }

  /// The wire format that a URL's path indicates; nil if it indicates none.
  init?(path: some StringProtocol) {
    let path = EndpointAddress.withoutSlashes(String(path))
    guard let api = Self.allCases.first(where: { path.hasSuffix($0.dialect.chatPath) }) else { return nil }
    self = api
  }

  /// - Parameter asksForUsage: whether the endpoint may be asked to end streams with token counts.
  func dialect(asksForUsage: Bool) -> any Dialect { asksForUsage ? dialect : dialect.withoutUsage }
}

extension API: Equatable {
  public static func == (left: API, right: API) -> Bool { left.rawValue == right.rawValue }
}
