// SPDX-License-Identifier: MIT

import HTTPTransport

/// What all endpoints of a run share: connections, known capabilities, and where requests wait.
public struct EndpointNetwork: Sendable {
  let transport: HTTPTransport
  private let capabilities = EndpointModel.Capabilities()
  /// The gate of an endpoint, by its `display` URL; nil if its requests need not wait.
  var gate: @Sendable (_ endpoint: String) -> (any RequestGate)? = { _ in nil }
  private let log: (@Sendable (String) -> Void)?

  /// - Parameters:
  ///   - environment: `CURL_CA_BUNDLE` or else `SSL_CERT_FILE` names the file of authorities to trust.
  ///   - log: receives lines about requests and responses; they contain no secret.
  public init(
    environment: [String: String],
    log: (@Sendable (String) -> Void)? = nil
  ) {
    var configuration = HTTPTransport.Configuration()
    configuration.userAgent = "resonant/\(Version.string)"
    configuration.caFile = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"].lazy.compactMap { environment[$0] }.first {
      !$0.isEmpty
    }
    transport = HTTPTransport(configuration: configuration)
    self.log = log
  }

  /// The model with this name behind an endpoint.
  func model(
    _ name: String, at endpoint: Endpoint, payload: JSONObject, settings: RequestSettings
  ) -> EndpointModel {
    var dependencies = EndpointModel.Dependencies()
    dependencies.capabilities = capabilities
    dependencies.log = log
    if let gate = gate(endpoint.display) { dependencies.gate = gate }
    return EndpointModel(
      endpoint: endpoint, model: name, payload: payload, settings: settings, transport: transport,
      dependencies: dependencies)
  }

  /// Checks whether an endpoint is reachable and has a model.
  public func probe(
    _ endpoint: Endpoint, for model: String, settings: RequestSettings
  ) async -> EndpointProbe.Finding {
    await EndpointProbe(endpoint, settings: settings, transport: transport).look(for: model)
  }
}
