// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// Which models are asked, and how they are reached.
struct EndpointOptions: ParsableArguments {
  @Option(help: .option("endpoint", "url")) var endpoint: String?
  @Option(help: .option("alice_endpoint", "url")) var aliceEndpoint: String?
  @Option(help: .option("bob_endpoint", "url")) var bobEndpoint: String?
  @Option(help: .option("model", "name")) var model: String?
  @Option(help: .option("alice_model", "name")) var aliceModel: String?
  @Option(help: .option("bob_model", "name")) var bobModel: String?
  @Option(help: .option("api")) var api: API?
  @Option(help: .option("alice_api", "api")) var aliceApi: API?
  @Option(help: .option("bob_api", "api")) var bobApi: API?
  @Option(help: .option("headers", "json|@file")) var headers: String?
  @Option(help: .option("alice_headers", "json|@file")) var aliceHeaders: String?
  @Option(help: .option("bob_headers", "json|@file")) var bobHeaders: String?
  @Option(help: .option("payload", "json|@file")) var payload: String?
  @Option(help: .option("alice_payload", "json|@file")) var alicePayload: String?
  @Option(help: .option("bob_payload", "json|@file")) var bobPayload: String?

  func write(to overlay: inout Overlay) {
    overlay.set("endpoint", endpoint)
    overlay.set("alice_endpoint", aliceEndpoint)
    overlay.set("bob_endpoint", bobEndpoint)
    overlay.set("model", model)
    overlay.set("alice_model", aliceModel)
    overlay.set("bob_model", bobModel)
    overlay.set("api", api?.rawValue)
    overlay.set("alice_api", aliceApi?.rawValue)
    overlay.set("bob_api", bobApi?.rawValue)
    overlay.set("headers", headers)
    overlay.set("alice_headers", aliceHeaders)
    overlay.set("bob_headers", bobHeaders)
    overlay.set("payload", payload)
    overlay.set("alice_payload", alicePayload)
    overlay.set("bob_payload", bobPayload)
  }
}
