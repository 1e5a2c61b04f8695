// SPDX-License-Identifier: MIT

import HTTPTransport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What all endpoints of a run share: connections, known capabilities, and where requests wait.
public struct EndpointNetwork: Sendable {
  let transport: HTTPTransport
  private let capabilities = EndpointModel.Capabilities()
  private let modelLists = EndpointModel.ModelLists()
  /// The gate of an endpoint, by its `display` URL; nil if its requests need not wait.
  var gate: @Sendable (_ endpoint: String) -> (any RequestGate)? = { _ in nil }
  private let log: (@Sendable (String) -> Void)?
  private let onHelp: (@Sendable (HelpTopic) -> Void)?
  /// The variable that names a file of authorities, and the file.
  private let authorities: (variable: String, file: String)?

  /// - Parameters:
  ///   - environment: `CURL_CA_BUNDLE` or else `SSL_CERT_FILE` names the file of authorities to trust.
  ///   - log: receives lines about requests and responses; they contain no secret.
  ///   - onHelp: receives where the documentation says more about a failure.
  public init(
    environment: [String: String], log: (@Sendable (String) -> Void)? = nil,
    onHelp: (@Sendable (HelpTopic) -> Void)? = nil
  ) {
    var configuration = HTTPTransport.Configuration()
    configuration.userAgent = "resonant/\(Version.string)"
    let named = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"].lazy.compactMap { variable in
      environment[variable].map { (variable: variable, file: $0) }
    }
    authorities = named.first { !$0.file.isEmpty }
    configuration.caFile = authorities?.file
    transport = HTTPTransport(configuration: configuration)
    self.log = log
    self.onHelp = onHelp
  }

  /// The model with this name behind an endpoint.
  ///
  /// - Throws: `InvalidValue` when the file of authorities for a secure connection can't be read.
  func model(
    _ name: String, at endpoint: Endpoint, payload: JSONObject, settings: RequestSettings, isRoom: Bool
  ) throws(InvalidValue) -> EndpointModel {
    if let (variable, file) = authorities, endpoint.url.hasPrefix("https:"),
      !FileManager.default.isReadableFile(atPath: file)
    {
      throw InvalidValue("\(variable): the file of trusted authorities \(file) can't be read")
    }
    var dependencies = EndpointModel.Dependencies()
    dependencies.capabilities = capabilities
    dependencies.modelLists = modelLists
    dependencies.log = log
    dependencies.onHelp = onHelp
    dependencies.isRoom = isRoom
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
