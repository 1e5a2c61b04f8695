// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant check`: is everything there that a conversation would need?
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check that the endpoints, their models and pandoc are there.",
    discussion: "Takes the flags of chat. Fails when an endpoint does; a missing pandoc is no failure.")

  @OptionGroup var options: ChatOptions

  func run() async throws {
    let host = Host.current
    let overlay = try Options.read(options.overlay(), source: .commandLine, context: host.context)
    let conversation = try ResolvedConversation.resolve(overlay, context: host.context)
    let header = Transcript.Header(
      id: "", created: host.now, program: Version.program, participants: conversation.facts)
    _ = try host.prepare(conversation, transcript: Transcript(header: header), options: options)
    let findings = await findings(conversation, host.network(isVerbose: options.process.verbose))
    for finding in findings {
      print((finding.isFailure ? "failed: " : "ok: ") + Diagnostics.style.safe(finding.sentence))
    }
    print(pandoc(host))
    if findings.contains(where: \.isFailure) { throw RunEnd(code: 1) }
  }

  private func findings(
    _ conversation: ResolvedConversation, _ network: EndpointNetwork
  ) async
    -> [EndpointProbe.Finding]
  {
    var findings: [EndpointProbe.Finding] = []
    var seen: Set<[String]> = []
    for participant in conversation.participants {
      guard seen.insert([participant.endpoint.display, participant.model]).inserted else { continue }
      if participant.endpoint.isBuiltin {
        findings.append(
          EndpointProbe.Finding(kind: .present, sentence: "builtin: has the model \(participant.model)"))
      } else {
        findings.append(
          await network.probe(participant.endpoint, for: participant.model, settings: conversation.request))
      }
    }
    return findings
  }

  private func pandoc(_ host: Host) -> String {
    guard let path = options.output.pandocPath ?? host.program("pandoc") else {
      return "no pandoc: pages show messages as plain text; install pandoc for Markdown"
    }
    return "ok: pandoc at \(path)"
  }
}
