// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

/// Two participants on an endpoint that needs nothing.
let pair: JSONObject = ["endpoint": "http://localhost:9/v1/chat/completions", "model": "m"]

func context(_ environment: [String: String] = [:], directory: String = "") -> ResolutionContext {
  ResolutionContext(environment: environment, directory: directory, randomSeed: { 4711 })
}

/// What options of the command line come to, laid over `pair`.
func resolved(
  _ options: JSONObject, _ context: ResolutionContext = context()
) throws(ConfigurationError) -> ResolvedConversation {
  let options = pair.merging(options) { _, new in new }
  return try ResolvedConversation.resolve(options: options, source: .commandLine, context: context)
}

/// The message of the error that `body` throws; empty, and a failed test, when it throws none.
func refusal<Value>(
  location: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) -> String {
  do {
    _ = try body()
    Issue.record("nothing was refused", sourceLocation: location)
    return ""
  } catch {
    return "\(error)"
  }
}
