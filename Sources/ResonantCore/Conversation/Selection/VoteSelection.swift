// SPDX-License-Identifier: MIT

import OrderedCollections

/// Every model votes for one of the others, but not for the last speaker. Among those with most votes, and
/// where no vote is valid, the choice is random.
struct VoteSelection: SpeakerSelection {
  var seed: UInt64
  var models: [any ChatModel]

  func next(in context: SelectionContext) async throws(ModelError) -> SpeakerChoice {
    let random = RandomSelection(seed: seed)
    guard context.candidates.count > 1 else { return random.next(in: context) }
    var votes: [Int: Int] = [:]
    var usage = Usage.zero
    var recorded: JSONObject = [:]
    var asked: [String] = []
    let ballot = try await ballot(context)
    for (voter, vote) in ballot.votes {
      let name = context.participants[voter].name
      usage = usage + vote.usage
      if vote.isAsked { asked.append(name) }
      recorded[name] = vote.choice.map(JSONValue.string) ?? .null
      if let index = vote.choice.flatMap(context.names.firstIndex) { votes[index, default: 0] += 1 }
    }
    let most = votes.values.max()
    let winners = most == nil ? context.candidates : votes.keys.filter { votes[$0] == most }.sorted()
    let index = random.pick(among: winners, after: context.transcript)
    return SpeakerChoice(
      index: index,
      happenings: ballot.failures + [
        Happening(
          "selection",
          [
            "speaker": .string(context.names[index]), "by": "vote", "votes": .object(recorded),
            "lot": .bool(winners.count > 1), "asked": .array(asked.map(JSONValue.string)),
            "usage": .object(usage.fields),
          ])
      ])
  }

  private struct Ballot {
    /// In the order of the participants.
    var votes: [(voter: Int, vote: SpeakerVote)] = []
    var failures: [Happening] = []
  }

  /// Asks for the votes. Somebody with only one candidate need not be asked, and somebody who cannot be asked has no
  /// vote. Throws if nobody can be asked.
  private func ballot(_ context: SelectionContext) async throws(ModelError) -> Ballot {
    let voters = context.participants.indices.filter { !context.participants[$0].isHuman }
    let results = await withTaskGroup(of: (Int, Result<SpeakerVote, ModelError>).self) { group in
      for voter in voters {
        group.addTask { (voter, await vote(of: voter, context)) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var ballot = Ballot()
    var first: ModelError?
    for (voter, result) in results.sorted(by: { $0.0 < $1.0 }) {
      let name = context.participants[voter].name
      switch result {
      case .success(let vote): ballot.votes.append((voter, vote))
      case .failure(let error):
        if error.kind == .cancelled || error.kind == .exhausted { throw error }
        first = first ?? error.choosing(name)
        ballot.failures.append(error.happening(of: name))
        ballot.votes.append((voter, SpeakerVote()))
      }
    }
    if let first, ballot.failures.count == ballot.votes.count(where: \.vote.isAsked) { throw first }
    return ballot
  }

  private func vote(of voter: Int, _ context: SelectionContext) async -> Result<SpeakerVote, ModelError> {
    let names = context.candidates.filter { $0 != voter }.map { context.names[$0] }
    guard names.count > 1 else { return .success(SpeakerVote(choice: names.first, isAsked: false)) }
    var request = context.request(voter)
    request.messages.append(Message(.user, Prompts.vote(among: names)))
    if request.roles == .alternate { request.messages = Perspective.alternating(request.messages) }
    return await SpeakerVote.ask(models[voter], request, for: names)
  }
}

extension Transcript {
  /// How often a participant has been asked for its vote.
  func votes(of name: String) -> Int {
    events.count { $0.kind == "selection" && $0.fields["asked"]?.array?.contains(.string(name)) == true }
  }
}

/// The answer of a model that was asked who should speak next.
struct SpeakerVote: Sendable {
  /// Nil if the answer names nobody who may be chosen.
  var choice: String?
  /// The beginning of an answer that names nobody, on one line, or what else is wrong with it.
  var answer: String?
  var usage = Usage.zero
  /// Whether the model was asked; there is nothing to ask where there is one candidate.
  var isAsked = true

  /// A vote takes at most this long.
  private static let timeout = Duration.seconds(60)

  /// - Parameter redactor: masks the secrets of the model's endpoint, which an answer may repeat.
  static func ask(
    _ model: any ChatModel, _ request: ModelRequest, for names: [String],
    redactor: Redactor = Redactor(secrets: [])
  ) async -> Result<SpeakerVote, ModelError> {
    var request = request
    request.stream = false
    request.tools = [NextSpeakerTool.tool(naming: names, Prompts.chooseSpeakerTool)]
    request.requiredTool = NextSpeakerTool.name
    do throws(ModelError) {
      let answer = try await model.answer(to: request, within: timeout)
      let call = answer.call(of: NextSpeakerTool.name)
      // Models that do not call tools may still answer with a name.
      let choice = call.arguments?["participant"]?.string ?? answer.text.trimmed
      let valid = names.first { $0 == choice }
      return .success(
        SpeakerVote(
          choice: valid, answer: valid == nil ? Self.beginning(of: answer, call, redactor) : nil,
          usage: answer.usage))
    } catch {
      // An empty answer is as invalid as one that names nobody.
      guard error.kind == .malformed else { return .failure(error) }
      return .success(
        SpeakerVote(choice: nil, answer: error.message, usage: Usage(estimating: request, reply: "")))
    }
  }

  private static let excerpt = 80

  private static func beginning(of answer: ModelAnswer, _ call: ToolAnswer, _ redactor: Redactor) -> String {
    let text =
      switch call {
      case .arguments(let arguments): JSONValue.object(arguments).jsonText
      case .malformed(let text), .other(let text): text
      case .empty: ""
      }
    // Masked before it is cut, since no beginning of a secret is recognised.
    let line = AbridgedText.line(redactor.redact(text))
    guard !line.isEmpty else { return "it is empty" }
    let start = line.unicodeScalars.prefix(excerpt)
    return start.endIndex == line.unicodeScalars.endIndex ? "\"\(line)\"" : "\"\(String(start))…\""
  }
}

extension ModelError {
  /// The error with the name of whoever was asked to choose the next speaker.
  func choosing(_ name: String) -> ModelError {
    ModelError(
      kind, "\(name), who was to choose the next speaker: \(message)", status: status, requests: requests)
  }

  /// The event of a vote that is lacking.
  fileprivate func happening(of name: String) -> Happening {
    var fields: JSONObject = [
      "speaker": .string(name), "message": .string(message), "during": "selection",
    ]
    if let status { fields["status"] = .int(status) }
    return Happening("error", fields)
  }
}
