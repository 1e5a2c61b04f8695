// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct BatchForecastTests {
  private let trials = Experiment(
    name: "x", conditions: [Condition(["a": 1]), Condition(["a": 2])], repeats: 2
  ).trials

  private func forecast(
    maxTurns: Int, opening: String?, turns: (Trial) -> Int?, isFailed: (Trial) -> Bool = { _ in false }
  ) -> BatchForecast {
    var settings = ConversationSettings()
    settings.maxTurns = maxTurns
    settings.opening = opening
    let people = ["Ada", "Bob"].map {
      Participant(name: $0, model: "m", endpoint: .builtin, systemPrompt: String(repeating: "x", count: 40))
    }
    let conversation = ResolvedConversation(
      participants: people, settings: settings, request: RequestSettings(), output: OutputSettings(),
      recorded: [:], facts: [], directory: "")
    return BatchForecast(of: trials, turns: turns, isFailed: isFailed, conversation: { _ in conversation })
  }

  @Test func theOpeningIsNoRequestAndWhatIsDoneIsNotDoneAgain() {
    #expect(forecast(maxTurns: 5, opening: "Hi", turns: { _ in 0 }).cost.requests == 16)
    #expect(forecast(maxTurns: 5, opening: nil, turns: { _ in 0 }).cost.requests == 20)
    let resumed = forecast(maxTurns: 5, opening: "Hi") { $0.repeat == 1 ? nil : 3 }
    #expect(resumed.cost.requests == 4)
    #expect(resumed.trials == 4)
    #expect(resumed.done == 2)
  }

  @Test func tokensGrowWithWhatWasSaidBefore() {
    let cost = forecast(
      maxTurns: 3, opening: "Hi", turns: { $0.repeat == 1 && $0.condition.label == "a=1" ? 0 : nil }
    )
    .cost
    #expect(cost.requests == 2)
    #expect(cost.tokens == 510 + 760)
  }

  @Test func itSaysWhatItWouldDo() {
    let text = forecast(maxTurns: 3, opening: nil, turns: { _ in 0 }).description
    #expect(
      text == """
        conditions  2
          2 to do  a=1
          2 to do  a=2
        trials      4
        requests    at most 12
        tokens      about 6,120, if every reply has 250 and nothing ends early

        """)
  }

  @Test func whatCannotBeCountedIsNotGivenANumber() {
    let text = forecast(maxTurns: 1_000_000_000, opening: nil, turns: { _ in 0 }).description
    #expect(text.contains("requests    at most 4,000,000,000\n"))
    #expect(
      text.contains("tokens      more than can be counted, if every reply has 250 and nothing ends early\n"))
    let more = forecast(maxTurns: .max, opening: nil, turns: { _ in 0 }).description
    #expect(more.contains("requests    more than can be counted\n"))
    #expect(!more.contains("\(Int.max)"))
  }

  @Test func whatIsFinishedAndWhatHasFailedAreToldApart() {
    let forecast = forecast(
      maxTurns: 3, opening: nil, turns: { $0.condition.label == "a=1" ? nil : $0.repeat == 1 ? nil : 0 },
      isFailed: { $0.condition.label == "a=1" })
    #expect((forecast.done, forecast.failed) == (1, 2))
    let lines = forecast.description.split(separator: "\n")
    #expect(lines[1...2] == ["  0 to do  a=1", "  1 to do  a=2"])
    #expect(lines[3] == "trials      4, 1 finished, 2 failed (tried again with --retry-failed)")
  }

  @Test(arguments: [(0, 1), (0, 2), (3, 9), (4, 4), (1, 1000)])
  func theCostIsTheSumOfThatOfEachTurn(begun: Int, maxTurns: Int) {
    let cost = forecast(
      maxTurns: maxTurns, opening: nil, turns: { $0 == trials[0] ? begun : nil }
    ).cost
    #expect(cost.requests == maxTurns - begun)
    #expect(cost.tokens == (begun..<maxTurns).reduce(0) { $0 + 10 + ($1 + 1) * 250 })
  }

  @Test func aCostBeyondAllNumbersIsTheLargestOne() {
    #expect(
      forecast(maxTurns: 1_000_000_000, opening: "Hi", turns: { _ in 0 }).cost.requests == 3_999_999_996)
    let cost = forecast(maxTurns: .max, opening: nil, turns: { _ in 0 }).cost
    #expect(cost.requests == .max)
    #expect(cost.tokens == .max)
  }
}
