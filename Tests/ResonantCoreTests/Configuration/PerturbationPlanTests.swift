// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

/// The key `perturb` of a plan.
struct PerturbationPlanTests {
  private let directory: TemporaryDirectory
  private let chat = "base: {endpoint: 'builtin:', model: echo, max_turns: 10}\n"

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ text: String) throws -> Plan {
    try Plan.read(try PlanFile(name: directory.path("p.yaml"), bytes: Array(text.utf8)), environment: [:])
  }

  private func error(_ text: String) -> String {
    refusal { try read(text) }.replacing(directory.path + "/", with: "")
  }

  @Test(
    arguments: [
      ("{at: onset, inject: Rocks?, as: Bob}", .init(at: .onset, inject: "Rocks?", as: "Bob", repeats: 1)),
      (
        "{at: 3, inject: Rocks?, as: Alice, repeats: 4}",
        .init(at: .turn(3), inject: "Rocks?", as: "Alice", repeats: 4)
      ),
      (
        "{at: onset, inject: Rocks?, as: Bob, control: 2}",
        .init(at: .onset, inject: "Rocks?", as: "Bob", repeats: 1, control: 2)
      ),
      ("{at: 1, inject: a, as: Bob, control: 0}", .init(at: .turn(1), inject: "a", as: "Bob")),
      ("{at: onset, control: 3}", .init(at: .onset, control: 3)),
      ("null", nil),
    ] as [(String, Experiment.Perturbation?)])
  func aPlanSaysWhatIsInjectedWhere(text: String, perturbation: Experiment.Perturbation?) throws {
    #expect(try read(chat + "perturb: \(text)").experiment.perturbation == perturbation)
  }

  @Test(arguments: [
    ("[]", "perturb (line 2): must be an object, not an array"),
    ("{}", "perturb.at (line 2): is missing; it must be onset or the number of a turn, from 1"),
    (
      "{at: 0, inject: a, as: Bob}",
      "perturb.at (line 2): must be onset or the number of a turn, from 1, not 0"
    ),
    (
      "{at: 1.5, inject: a, as: Bob}",
      "perturb.at (line 2): must be onset or the number of a turn, from 1, not 1.5"
    ),
    (
      "{at: onst, inject: a, as: Bob}",
      #"perturb.at (line 2): must be onset or the number of a turn, from 1, not "onst"; did you mean onset?"#
    ),
    ("{at: 1, as: Bob}", "perturb.inject (line 2): is missing; it is what is said"),
    ("{at: 1, inject: 7, as: Bob}", "perturb.inject (line 2): must be a string, not a number"),
    ("{at: 1, inject: ' ', as: Bob}", "perturb.inject (line 2): must not be empty"),
    ("{at: 1, inject: a}", "perturb.as (line 2): is missing; it names the participant who says it"),
    (
      "{at: 1, inject: a, as: Bop}",
      "perturb.as (line 2): nobody is named Bop, only Alice, Bob; did you mean Bob?"
    ),
    (
      "{at: 1, inject: a, as: Bob, repeats: 0}",
      "perturb.repeats (line 2): must be a whole number of at least 1, not 0"
    ),
    (
      "{at: 1, inject: a, as: Bob, repeats: 1000000}",
      "perturb.repeats (line 2): must be at most 999999: an experiment has no more than 1000000 trials, forks"
        + " included"
    ),
    ("{at: 1, control: 0}", "perturb.inject (line 2): is missing; it is what is said"),
    (
      "{at: 1, inject: a, control: 1}",
      "perturb.as (line 2): is missing; it names the participant who says it"
    ),
    ("{at: 1, as: Bob, control: 1}", "perturb.inject (line 2): is missing; it is what is said"),
    (
      "{at: 1, control: 1, repeats: 2}",
      "perturb.repeats (line 2): counts the forks with a message, which this plan does not inject; leave it out, or"
        + " give inject and as"
    ),
    (
      "{at: 1, control: -1, inject: a, as: Bob}",
      "perturb.control (line 2): must be a whole number of at least 0, not -1"
    ),
    (
      "{at: 1, inject: a, as: Bob, repeats: 999990, control: 10}",
      "perturb.control (line 2): must be at most 9: an experiment has no more than 1000000 trials, forks included"
    ),
    (
      "{at: 9, control: 1}",
      "perturb.at (line 2): a fork after turn 9 would have no turn left after its own first one, for max_turns is"
        + " 10 in all"
    ),
    ("{at: 1, injekt: a, as: Bob}", "perturb.injekt (line 2): unknown key; did you mean inject?"),
    (
      "{at: 9, inject: a, as: Bob}",
      "perturb.at (line 2): a fork after turn 9 would have no turn left after the injected one, for max_turns is"
        + " 10 in all"
    ),
  ])
  func whatIsWrongIsSaidWithItsKeyPathAndLine(text: String, message: String) {
    #expect(error(chat + "perturb: \(text)") == "p.yaml: \(message)")
  }

  @Test func theLineIsThatOfTheKeyItself() {
    #expect(error(chat + "perturb:\n  at: onset\n  inject: 7\n").hasPrefix("p.yaml: perturb.inject (line 4)"))
  }

  @Test func oneConditionMayEndBeforeTheTurnButNotAll() throws {
    let perturb = "perturb: {at: 8, inject: a, as: Bob}"
    #expect(try read(chat + "matrix: {max_turns: [5, 10]}\n" + perturb).experiment.perturbation != nil)
    #expect(error(chat + "matrix: {max_turns: [5, 9]}\n" + perturb).contains("max_turns is 9 in all"))
  }

  @Test func theSpeakerTakesPartInEveryCondition() {
    let text = error(chat + "matrix: {bob_name: [Bob, Eve]}\nperturb: {at: onset, inject: a, as: Bob}")
    #expect(text == "p.yaml: perturb.as (line 3): nobody is named Bob in bob_name=Eve, only Alice, Eve")
  }

  @Test func aRoomCanBePerturbedByOneOfItsModels() throws {
    try directory.write("{providers: [{url: 'builtin:', models: ['eliza', 'parry']}]}", to: "room.json5")
    let room = "base: {party: room.json5, topic: tea, max_turns: 5}\n"
    #expect(
      try read(room + "perturb: {at: 2, inject: a, as: parry}").experiment.perturbation?.injection?.speaker
        == "parry")
    #expect(
      error(room + "perturb: {at: 2, inject: a, as: Bob}").contains("nobody is named Bob, only eliza, parry"))
  }

  @Test func theStoredPlanHasItOnlyIfItIsGiven() throws {
    #expect(try read(chat).experiment.json.object?.keys.last == "limits")
    let json = try read(chat + "perturb: {at: 2, inject: a, as: Bob}").experiment.json
    #expect(json["perturb"] == ["at": 2, "inject": "a", "as": "Bob", "repeats": 1])
    let both = try read(chat + "perturb: {at: 2, inject: a, as: Bob, control: 3}").experiment.json
    #expect(both["perturb"] == ["at": 2, "inject": "a", "as": "Bob", "repeats": 1, "control": 3])
    let control = try read(chat + "perturb: {at: onset, control: 3}").experiment.json
    #expect(control["perturb"] == ["at": "onset", "control": 3])
  }

  @Test func aForkIsHeldWithTheOptionsOfItsTrialAndASeedOfItsOwn() throws {
    let plan = try read(
      chat + "matrix: {max_turns: [8, 10]}\nseed: 7\nperturb: {at: 2, inject: a, as: Bob, repeats: 2}")
    let all = plan.experiment.withForks
    #expect(all.count == 6)
    #expect(all.map { plan.conversation(of: $0).settings.maxTurns } == [8, 8, 8, 10, 10, 10])
    #expect(Set(all.map { plan.conversation(of: $0).settings.seed }).count == 6)
    let alone = try read(chat + "matrix: {max_turns: [8, 10]}\nseed: 7")
    #expect(alone.experiment.trials == plan.experiment.trials)
  }
}
