// SPDX-License-Identifier: MIT

extension AnalysisFinding {
  /// How forks go on after the message, against those that go on undisturbed; nil without forks that tell it.
  var forkSentence: String? {
    guard let overview else {
      return forks == 0
        ? nil
        : "No fork has \(Attractors.fewestTurns) turns after the message, or in a state that it could leave: what the "
          + "message did cannot be told."
    }
    if let difference = overview.difference { return Self.sentence(difference) }
    let trials = Wording.count(overview.trials, "trial")
    switch (overview.disturbed, overview.control) {
    case (let disturbed?, nil):
      return "After the message \(Self.part(disturbed)) (\(trials)). What the message"
        + " did cannot be told, since no fork went on undisturbed (perturb.control)."
    case (nil, let control?):
      return "Going on undisturbed, \(Self.part(control)) (\(trials))."
    case (let disturbed?, let control?):
      return "After the message \(Self.part(disturbed)); undisturbed, \(Self.part(control))."
        + " They are not forks of the same trials, so they cannot be compared."
    case (nil, nil): return nil
    }
  }

  /// `35 % of 60 forks end in their state`.
  private static func part(_ share: ForkShare) -> String {
    if share.forks == 1 { return "the one fork \(share.inState == 1 ? "ends" : "does not end") in its state" }
    let which =
      share.inState == 0
      ? "none of" : share.inState == share.forks ? "all" : "\(Wording.percent(share.share)) of"
    return "\(which) \(Wording.grouped(share.forks)) forks end in their state"
  }

  private static func sentence(_ difference: ForkDifference) -> String {
    let (disturbed, control) = (difference.disturbed, difference.control)
    let others = "those that went on undisturbed"
    let comparison =
      switch (disturbed.inState, control.inState) {
      case (0, 0): "no fork ends in its state, and none of \(others) does"
      case (disturbed.forks, control.forks): "all forks end in their state, as do all of \(others)"
      case (0, _): "no fork ends in its state, against \(amount(control)) of \(others)"
      default:
        "\(disturbed.inState == disturbed.forks ? "all" : "\(amount(disturbed)) of") forks end in their state, against"
          + " \(amount(control)) of \(others)"
      }
    return "After the message \(comparison) (\(precision(difference))).\(caution(difference))"
  }

  private static func amount(_ share: ForkShare) -> String {
    switch share.inState {
    case 0: "none"
    case share.forks: "all"
    default: Wording.percent(share.share)
    }
  }

  private static func precision(_ difference: ForkDifference) -> String {
    let trials = Wording.count(difference.trials, "trial")
    guard let interval = difference.spread else {
      return difference.difference == 0
        ? trials : "difference \(points(difference.difference)) points; \(trials)"
    }
    return
      "difference \(points(difference.difference)) points, 95 % interval \(points(interval.lowerBound)) to"
      + " \(points(interval.upperBound)); \(trials)"
  }

  /// What keeps the numbers from being certain.
  private static func caution(_ difference: ForkDifference) -> String {
    guard let interval = difference.spread else {
      return difference.trials == 1
        ? " One trial tells nothing of others."
        : " All trials are alike in this, which resampling cannot judge."
    }
    let few = ConditionStatistics.fewest
    return (interval.contains(0) ? " That leaves open whether the message changes anything." : "")
      + (difference.trials < few ? " With fewer than \(few) trials the interval is too narrow." : "")
  }

  /// `−57`, `+4`, `0`.
  private static func points(_ difference: Double) -> String {
    let text = Decimals.text(100 * difference, 0)
    if text == "0" { return text }
    return difference > 0 ? "+" + text : text.replacing("-", with: "−")
  }
}
