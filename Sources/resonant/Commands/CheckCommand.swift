// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant check`: checks that everything a conversation needs is available.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check that the endpoints, their models and pandoc are there.",
    discussion: """
        resonant check --endpoint ollama --model gemma3
        resonant check plan.yaml

      Takes a plan, the config of a room, or the flags of chat. Fails when an endpoint does; a missing pandoc is \
      no failure.
      """)

  @Argument(
    help: "A plan or the config of a room, whose endpoints and models are checked, each once.",
    completion: .file(extensions: ["yaml", "yml", "json", "json5"]))
  var file: String?

  @OptionGroup var options: ChatOptions

  func run() async throws {
    let host = Host.current
    let conversations = try conversations(host)
    var warned: Set<String> = []
    for warning in conversations.flatMap(\.warnings) where warned.insert(warning).inserted {
      Diagnostics.warning(warning)
    }
    for var conversation in conversations {
      conversation.participants = conversation.modelled
      let transcript = conversation.transcript(id: "", created: host.now)
      _ = try host.prepare(conversation, transcript: transcript, process: options.process)
    }
    let network = host.network(isVerbose: options.process.verbose)
    var isFailure = false
    // Models of an endpoint that can't be reached all produce the same finding, which is printed once.
    var said: Set<String> = []
    for (participant, settings) in Self.distinct(conversations) {
      let finding = await finding(participant, settings, network)
      guard said.insert(finding.sentence).inserted else { continue }
      print(Self.verdict(finding.kind) + Console.style.safe(finding.sentence))
      isFailure = isFailure || finding.isFailure
    }
    print(await pandoc(host, conversations.first?.output.pandocPath))
    if isFailure { throw RunEnd(code: 1) }
  }

  private static func verdict(_ kind: EndpointProbe.Finding.Kind) -> String {
    switch kind {
    case .present: "ok: "
    case .unknown: "unknown: "
    case .missing, .unreachable: "failed: "
    }
  }

  private func conversations(_ host: Host) throws(ConfigurationError) -> [ResolvedConversation] {
    let overlay = options.overlay()
    guard let file else {
      return [
        try ResolvedConversation.resolve(options: overlay, source: .commandLine, context: host.context)
      ]
    }
    if let key = overlay.keys.first {
      throw ConfigurationError(
        OptionSource.commandLine.place(of: key), "cannot be given together with a file, which has its own")
    }
    let content = try PlanFile.read(file)
    guard content.isRoomConfig else {
      return try Plan.read(content, environment: host.environment).conversations
    }
    let room = try Options.room(content, context: host.context)
    return [try ResolvedConversation.resolve(room, context: host.context)]
  }

  /// Each model of each endpoint once, in the order of the conversations. Endpoints with the same displayed
  /// URL may still differ in their headers.
  private static func distinct(
    _ conversations: [ResolvedConversation]
  ) -> [(participant: Participant, settings: RequestSettings)] {
    var distinct: [(Participant, RequestSettings)] = []
    var seen: [[String]: [Endpoint]] = [:]
    for conversation in conversations {
      for participant in conversation.modelled {
        let key = [participant.endpoint.display, participant.model]
        if seen[key]?.contains(participant.endpoint) == true { continue }
        seen[key, default: []].append(participant.endpoint)
        distinct.append((participant, conversation.request))
      }
    }
    return distinct
  }

  private func finding(
    _ participant: Participant, _ settings: RequestSettings, _ network: EndpointNetwork
  ) async -> EndpointProbe.Finding {
    if participant.endpoint.isBuiltin {
      return .init(kind: .present, sentence: "builtin: has the model \(participant.model)")
    }
    return await network.probe(participant.endpoint, for: participant.model, settings: settings)
  }

  /// A pandoc that doesn't work is no failure: the page then shows plain text.
  private func pandoc(_ host: Host, _ given: String?) async -> String {
    guard let path = given ?? host.context.program("pandoc") else {
      return "no pandoc: pages show messages as plain text; install pandoc for Markdown"
    }
    guard await PandocRenderer(path: path, warn: { _ in }).probe() != nil else {
      return "no pandoc: " + PandocRenderer.unusable(path)
    }
    return "ok: pandoc at \(path)"
  }
}
