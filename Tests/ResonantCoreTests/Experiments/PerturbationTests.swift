// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

/// Forks of trials: what they are called, where they begin, and when.
struct PerturbationTests {
  private func experiment(
    _ repeats: Int, forks: Int?, at place: Experiment.Perturbation.Place = .onset
  ) -> Experiment {
    var experiment = Experiment(
      name: "x", conditions: [Condition(["opening": "Hi"]), Condition(["opening": "Ho"])], repeats: repeats)
    experiment.perturbation = forks.map {
      Experiment.Perturbation(at: place, inject: "Rocks?", as: "Bob", repeats: $0)
    }
    return experiment
  }

  @Test func aForkIsATrialOfItsOwnConditionNamedAfterItsParent() throws {
    let all = experiment(1, forks: 2).withForks
    #expect(
      all.map(\.id) == [
        "hi-r1-c67d537e31", "hi-r1-c67d537e31_f1", "hi-r1-c67d537e31_f2", "ho-r1-7c81ac1bb1",
        "ho-r1-7c81ac1bb1_f1", "ho-r1-7c81ac1bb1_f2",
      ])
    #expect(all.map(\.parent) == [nil, all[0].id, all[0].id, nil, all[3].id, all[3].id])
    #expect(all[1].condition.label == "opening=Hi,perturb=onset")
    #expect(experiment(1, forks: 2, at: .turn(20)).withForks[1].condition.label == "opening=Hi,perturb=20")
    #expect(Set(all.map { $0.seed(of: 3) }).count == 6)
    let more = experiment(2, forks: 3).withForks
    #expect(all.allSatisfy(more.contains))
  }

  @Test func undisturbedForksAreTrialsOfAConditionOfTheirOwnBesideTheOthers() throws {
    let without = experiment(1, forks: 1).withForks
    var experiment = experiment(1, forks: 1)
    experiment.perturbation?.control = 2
    let all = experiment.withForks
    let trial = "hi-r1-c67d537e31"
    #expect(all.prefix(4).map(\.id) == [trial, trial + "_f1", trial + "_c1", trial + "_c2"])
    #expect(all.prefix(4).map(\.parent) == [nil, trial, trial, trial])
    #expect(all[2].condition.label == "opening=Hi,perturb=control:onset")
    #expect(Set(all.map { $0.seed(of: 3) }).count == 8)
    #expect(without.allSatisfy(all.contains))
    experiment.perturbation = .init(at: .turn(12), control: 1)
    #expect(experiment.withForks.map(\.fork?.arm) == [nil, .control, nil, .control])
    #expect(experiment.withForks[1].condition.label == "opening=Hi,perturb=control:12")
  }

  @Test(
    arguments: [
      (.disturbed, "onset", "Rocks?", nil), (.control, "control:onset", nil, nil),
      (.disturbed, 7, "Rocks?", #"perturb.at was 7 and is now "onset""#),
      (.control, "control:7", nil, #"perturb.at was 7 and is now "onset""#),
      (.disturbed, "onset", "Stones?", #"perturb.inject was "Stones?" and is now "Rocks?""#),
      // The file of a fork of the other arm, under another name.
      (.control, "onset", "Rocks?", #"perturb.inject was "Rocks?" and is now null"#),
    ] as [(ForkArm, JSONValue, String?, String?)])
  func aForkTellsWhatHasChangedSince(arm: ForkArm, place: JSONValue, message: String?, change: String?) {
    let perturbation = Experiment.Perturbation(at: .onset, inject: "Rocks?", as: "Bob", control: 1)
    let trial = Transcript.Trial(
      experiment: "x", condition: ["perturb": place], repeat: 1,
      fork: .init(number: 1, injection: message.map { .init($0, as: "Bob") }))
    #expect(perturbation.change(since: trial, arm) == change)
  }

  /// As a forecast has no condition without trials.
  @Test func aConditionThatIsTooShortToBeForkedHasNoForksInTheStatus() throws {
    var experiment = experiment(2, forks: 1, at: .turn(4))
    experiment.perturbation?.control = 1
    let plan = plan(experiment, concurrency: 1, maxTurns: [5, 8])
    let status = BatchStatus([], of: plan)
    #expect(
      status.conditions.map(\.condition.label) == [
        "opening=Hi", "opening=Ho", "opening=Ho,perturb=4", "opening=Ho,perturb=control:4",
      ])
    #expect(status.total.left == 8)
  }

  @Test func withoutAPerturbationNothingIsForked() {
    #expect(experiment(2, forks: nil).withForks == experiment(2, forks: nil).trials)
    #expect(experiment(2, forks: nil).keys == ["opening"])
    #expect(experiment(2, forks: 1).keys == ["opening", "perturb"])
  }

  // MARK: Where

  private func transcript(_ texts: [String]) -> Transcript {
    let turns = texts.enumerated().map { index, text in
      Turn(
        number: index + 1, speaker: index % 2 == 0 ? "Alice" : "Bob", model: "m", text: text,
        outcome: .finished,
        started: Date(timeIntervalSince1970: 0))
    }
    let header = Transcript.Header(
      id: "a", created: Date(timeIntervalSince1970: 0), program: "resonant", participants: [])
    return Transcript(header: header, turns: turns)
  }

  private static let prose = [
    "The harbour wakes before the town does, and gulls argue over nets.",
    "My grandmother kept a clock that only ever ran while she was singing.",
    "Between two mountains there is a village which votes on its weather.",
    "Copper turns green in salt air; whoever polishes it is arguing with time.",
    "She drew maps of rooms that had burnt down, including every teacup.",
    "Seven fishermen swore they had seen the same lighthouse in different places.",
    "A lexicon of silence would need at least forty separate entries for winter.",
    "Nobody remembers who planted the orchard, yet everyone claims a tree.",
  ]
  private static let loop = "Let us rest here together, in the quiet that we have found at last."

  @Test(
    arguments: [
      // The loop begins with turn 4 and shows after three turns that repeat it.
      (prose.prefix(3) + Array(repeating: loop, count: 7), 10, ForkPoint.after(turn: 7)),
      // Fewer than 6 turns tell nothing.
      (ArraySlice(Array(repeating: loop, count: 9)), 9, .after(turn: 6)),
      (prose[...], 20, .nowhere(.noOnset)),
      // A conversation that its loop has ended shows it in the last turn.
      (prose.prefix(3) + Array(repeating: loop, count: 4), 20, .after(turn: 7)),
      (prose.prefix(3) + Array(repeating: loop, count: 5), 8, .nowhere(.noTurnLeft)),
      (["Bye.", "Bye."], 10, .after(turn: 2)),
    ] as [(ArraySlice<String>, Int, ForkPoint)])
  func atTheOnsetIsWhereTheStateShows(texts: ArraySlice<String>, most: Int, point: ForkPoint) {
    let perturbation = Experiment.Perturbation(at: .onset, inject: "Rocks?", as: "Bob")
    #expect(perturbation.point(in: transcript(Array(texts)), maxTurns: most) == point)
  }

  /// Otherwise the speaker of the message would speak twice in a row, which undisturbed forks do not.
  @Test(
    arguments: [("Alice", nil, 6), ("Bob", nil, 7), ("Bob", "random", 6), ("Carol", nil, 6)]
      as [(String, JSONValue?, Int)])
  func theMessageComesWhenItIsItsSpeakersTurn(speaker: String, order: JSONValue?, turn: Int) {
    var transcript = transcript([String](repeating: Self.loop, count: 9))
    transcript.header.participants = ["Alice", "Bob"].map {
      Transcript.Participant(name: $0, model: "m", endpoint: "builtin:", api: "builtin")
    }
    transcript.header.settings["order"] = order
    let perturbation = Experiment.Perturbation(at: .onset, inject: "Rocks?", as: speaker)
    let expected: ForkPoint = speaker == "Carol" ? .nowhere(.noTurnLeft) : .after(turn: turn)
    #expect(perturbation.point(in: transcript, maxTurns: nil) == expected)
    let undisturbed = Experiment.Perturbation(at: .onset, control: 1)
    #expect(undisturbed.point(in: transcript, maxTurns: nil) == .after(turn: 6))
  }

  @Test func passedTurnsAreNotCountedButNumbered() {
    var transcript = transcript(Self.prose.prefix(3) + Array(repeating: Self.loop, count: 7))
    transcript.turns[1].outcome = .passed
    let perturbation = Experiment.Perturbation(at: .onset, inject: "Rocks?", as: "Bob")
    #expect(perturbation.point(in: transcript, maxTurns: nil) == .after(turn: 7))
  }

  @Test(arguments: [
    (4, 4, 6, ForkPoint.after(turn: 4)), (4, 3, 6, .nowhere(.tooFewTurns)), (4, 5, 5, .nowhere(.noTurnLeft)),
  ])
  func atATurnThereMustBeOneAndAnotherAfterTheMessage(turn: Int, turns: Int, most: Int, point: ForkPoint) {
    let perturbation = Experiment.Perturbation(at: .turn(turn), inject: "Rocks?", as: "Bob")
    #expect(perturbation.point(turns: turns, maxTurns: most) == point)
  }

  // MARK: When

  private func plan(_ experiment: Experiment, concurrency: Int, maxTurns: [Int] = []) -> Plan {
    var experiment = experiment
    experiment.limits.concurrency = concurrency
    let people = ["Alice", "Bob"].map { Participant(name: $0, model: "m", endpoint: .builtin) }
    let conversation = ResolvedConversation(
      participants: people, settings: ConversationSettings(), request: RequestSettings(),
      output: OutputSettings(), recorded: [:], facts: [], directory: "")
    var conversations = Array(repeating: conversation, count: experiment.conditions.count)
    for (place, most) in maxTurns.enumerated() { conversations[place].settings.maxTurns = most }
    return Plan(experiment: experiment, conversations: conversations)
  }

  @Test func theForksOfARepeatComeBeforeTheNextRepeat() throws {
    let experiment = experiment(3, forks: 2)
    let parents = experiment.trials.sorted { $0.repeat < $1.repeat }
    // With one request at a time, three trials are under way.
    var queues = TrialQueues(parents, of: plan(experiment, concurrency: 1))
    #expect(queues.mostUnderWay == 3)
    var running = queues.first().map(\.trial)
    var order = running
    #expect(running == Array(parents.prefix(3)))
    while let ended = running.first {
      running.removeFirst()
      queues.end(in: 0)
      if ended.fork == nil {
        for fork in experiment.forks(of: [ended], ended.condition, .disturbed) { queues.add(fork, to: 0) }
      }
      while let next = queues.next(in: 0) {
        running.append(next)
        order.append(next)
      }
      #expect(running.count <= 3)
    }
    #expect(order.count == 18 && Set(order.map(\.id)).count == 18)
    let place = { (trial: Trial) in order.firstIndex(of: trial) ?? 0 }
    let forks = order.filter { $0.fork != nil }
    #expect(forks.map(\.repeat) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    #expect(forks.filter { $0.repeat == 1 }.allSatisfy { place($0) < place(parents[4]) })
  }

  @Test func forksOfOneTrialRunSideBySide() {
    let experiment = experiment(1, forks: 4)
    var queues = TrialQueues([experiment.trials[0]], of: plan(experiment, concurrency: 1))
    #expect(queues.mostUnderWay == 3)
    #expect(queues.first().count == 1)
    queues.end(in: 0)
    for fork in experiment.withForks[1...4] { queues.add(fork, to: 0) }
    #expect((0..<4).map { _ in queues.next(in: 0)?.fork?.number } == [1, 2, 3, nil])
  }
}
