// SPDX-License-Identifier: MIT

import OrderedCollections

/// An experiment with its run directory: what there is, what is to do, and whether the two go together. Making one
/// only reads.
public struct Batch: Sendable {
  public let plan: Plan
  public let directory: RunDirectory
  public let shard: Shard
  /// Whether failed trials are tried again.
  public let retriesFailed: Bool
  /// All trials of the directory when it was last looked at, by id.
  let files: OrderedDictionary<String, TrialFile>
  /// The shard's.
  let trials: [Trial]
  private let stale: [Trial]

  /// - Throws: `ConfigurationError` when trials were made with other options than the plan has now.
  public init(
    plan: Plan, directory: RunDirectory, shard: Shard = .whole, retriesFailed: Bool = false
  ) throws(ConfigurationError) {
    self.plan = plan
    self.directory = directory
    self.shard = shard
    self.retriesFailed = retriesFailed
    files = directory.files()
    let all = plan.experiment.trials
    trials = shard.of(all)
    stale = try Self.stale(plan, files, in: directory)
  }

  /// The trials that were begun with other options than the plan has now, but in which nothing was said yet.
  private static func stale(
    _ plan: Plan, _ files: OrderedDictionary<String, TrialFile>, in directory: RunDirectory
  ) throws(ConfigurationError) -> [Trial] {
    var stale: [Trial] = []
    for trial in plan.experiment.trials {
      guard let file = files[trial.id], let change = change(in: file, of: trial, plan) else { continue }
      guard file.hasReplies else {
        stale.append(trial)
        continue
      }
      throw ConfigurationError(
        OptionPlace(file: directory.transcript(of: trial)),
        "was made by this plan when \(change); put it back, or give the plan another name")
    }
    return stale
  }

  private static func change(in file: TrialFile, of trial: Trial, _ plan: Plan) -> String? {
    let conversation = plan.conversation(of: trial)
    if let change = conversation.contradiction(with: file.head) { return change }
    return file.head.header.seed == conversation.settings.seed ? nil : "it had another seed"
  }

  /// Makes the directory and keeps the plan in it; trials without a reply that were begun otherwise are emptied.
  public func prepare() throws(InvalidValue) {
    try directory.make()
    try directory.keep(plan.experiment)
    for trial in stale { try TrialLock.clear(directory.transcript(of: trial)) }
  }

  /// The state of all trials of the plan, whatever the shard.
  public var status: BatchStatus { BatchStatus(files.values.map(\.report), of: plan.experiment) }

  /// What is to do for this shard.
  public var forecast: BatchForecast {
    BatchForecast(
      of: trials,
      turns: { trial in isToDo(trial) ? files[trial.id]?.report.turns ?? 0 : nil },
      conversation: { trial in
        let conversation = plan.conversation(of: trial)
        return (conversation.participants, conversation.settings)
      })
  }

  /// The shard's trials that are not finished, failed ones only where they are to be tried again.
  var jobs: [Trial] { trials.filter(isToDo) }

  private func isToDo(_ trial: Trial) -> Bool {
    switch files[trial.id]?.report.state {
    case .done: false
    case .failed: retriesFailed
    case .running, .unfinished, nil: true
    }
  }
}
