// SPDX-License-Identifier: MIT

import ResonantCore
import Testing

struct BatchForecastTests {
  private let trials = Experiment(
    name: "x", conditions: [Condition(["a": 1]), Condition(["a": 2])], repeats: 2
  ).trials

  private func forecast(maxTurns: Int, opening: String?, turns: (Trial) -> Int?) -> BatchForecast {
    var settings = ConversationSettings()
    settings.maxTurns = maxTurns
    settings.opening = opening
    let people = ["Ada", "Bob"].map {
      Participant(name: $0, model: "m", endpoint: .builtin, systemPrompt: String(repeating: "x", count: 40))
    }
    return BatchForecast(of: trials, turns: turns, conversation: { _ in (people, settings) })
  }

  @Test func `the opening is no request, and what is done is not done again`() {
    #expect(forecast(maxTurns: 5, opening: "Hi", turns: { _ in 0 }).cost.requests == 16)
    #expect(forecast(maxTurns: 5, opening: nil, turns: { _ in 0 }).cost.requests == 20)
    let resumed = forecast(maxTurns: 5, opening: "Hi") { $0.repeat == 1 ? nil : 3 }
    #expect(resumed.cost.requests == 4)
    #expect(resumed.trials == 4)
    #expect(resumed.done == 2)
  }

  @Test func `tokens grow with what was said before`() {
    let cost = forecast(
      maxTurns: 3, opening: "Hi", turns: { $0.repeat == 1 && $0.condition.label == "a=1" ? 0 : nil }
    )
    .cost
    #expect(cost.requests == 2)
    #expect(cost.tokens == 510 + 760)
  }

  @Test func `it says what it would do`() {
    let text = forecast(maxTurns: 3, opening: nil, turns: { _ in 0 }).description
    #expect(
      text == """
        conditions  2
          a=1
          a=2
        trials      4
        requests    at most 12
        tokens      about 6120, if every reply has 250 and nothing ends early

        """)
  }
}
