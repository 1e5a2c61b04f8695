// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant batch`: an experiment with many concurrent conversations.
struct BatchCommand: AsyncParsableCommand {
  enum Script: String, CaseIterable, ExpressibleByArgument { case slurm }

  static let configuration = CommandConfiguration(
    commandName: "batch", abstract: "Run an experiment: a matrix of conditions, each repeated, many at once.",
    usage: "resonant batch <plan> [<options>]",
    discussion: """
        resonant batch plan.yaml --dry-run
        resonant batch plan.yaml --html

      Everything is kept in a directory with the plan's name. The same command again goes on with what is left. \
      Ctrl-C lets the turns in flight finish; a second one cuts them. A plan has 'name', 'base' (any options of chat \
      in snake_case, or 'party' for a room's config), 'matrix', 'include', 'exclude', 'repeats', 'seed', 'limits' and \
      'perturb'; docs/plans.md describes them. Nobody takes part in the rooms of a batch, whatever their configs say.
      """)

  @Argument(
    help: "The plan, a YAML, JSON or JSON5 file.",
    completion: .file(extensions: ["yaml", "yml", "json", "json5"]))
  var plan: String

  @Option(
    help: ArgumentHelp("Where the directory with the plan's name is made.", valueName: "dir"),
    completion: .directory)
  var out = "."

  @Option(
    help: ArgumentHelp(
      "Maximum number of requests in flight, up to 100000. (default: the plan's, else 16)", valueName: "n")
  )
  var concurrency: Int?

  @Option(
    help: ArgumentHelp(
      """
      How long Ctrl-C lets the turns in flight finish; fractions are allowed, with 0 it cuts them at once. \
      (default: 10; with --emit, what the script's signal leaves)
      """, valueName: "seconds"))
  var grace: Seconds?

  @Option(help: ArgumentHelp("Take only every N-th trial, beginning with trial I.", valueName: "i/n"))
  var shard: String?

  @Option(
    help: ArgumentHelp(
      """
      Number of tasks of a job array, where each knows only its index; with --emit, how many there are to be. \
      (default for --emit: \(SlurmScript.usualTasks))
      """, valueName: "n"))
  var shards: Int?

  @Flag(help: "Print the conditions, and how much there is to do; send nothing.")
  var dryRun = false

  @Flag(help: "Try failed trials again.")
  var retryFailed = false

  @Flag(help: "Let trials go on that were made when the plan's max_turns was lower.")
  var extend = false

  @Flag(help: "Print how far each condition has come, and the errors.")
  var status = false

  @Flag(help: "Write a page for every transcript, and an index.html; takes no file.")
  var html = false

  @Option(help: ArgumentHelp("Print a script that runs the plan as a job array.", valueName: "engine"))
  var emit: Script?

  func run() async throws {
    try checkFlags()
    let host = Host.current
    var plan = try Plan.read(try PlanFile.read(plan), environment: host.environment)
    plan.warnings.forEach(Diagnostics.warning)
    if let concurrency { plan.experiment.limits.concurrency = concurrency }
    let directory = RunDirectory(in: out, name: plan.experiment.name)
    if emit != nil { return try await print(script(of: plan).text) }
    if status { return try await show(plan, directory) }
    let batch = try Batch(
      plan: plan, directory: directory, shard: try shard(host.environment), choices: choices)
    warn(about: plan.twins)
    if plan.experiment.limits.budgetTokens == nil,
      let warning = batch.forecast.bill.warning(brake: "limits.budget_tokens")
    {
      Diagnostics.warning(warning)
    }
    if dryRun { return try await print("\(batch.forecast)") }
    let code = try await BatchRun(
      batch, host: host, writesPages: html, grace: grace ?? Self.usualGrace
    ).run()
    if code != 0 { throw RunEnd(code: code) }
  }

  private var choices: Batch.Choices { .init(retriesFailed: retryFailed, extends: extend) }

  /// Shows the progress of the plan, even of one that can't continue.
  private func show(_ plan: Plan, _ directory: RunDirectory) async throws {
    let status: BatchStatus
    do {
      status = try Batch(plan: plan, directory: directory, choices: choices).status
    } catch {
      Diagnostics.warning("\(error)")
      status = BatchStatus(Array(directory.reports().values), of: plan)
    }
    try await print("\(status)")
  }

  private func warn(about twins: [(Condition, Condition)]) {
    for (one, other) in twins.prefix(3) {
      Diagnostics.warning(
        "these conditions are one and the same conversation: \(one.label) and \(other.label)")
    }
    if twins.count > 3 { Diagnostics.warning("there are \(twins.count - 3) more such pairs") }
  }

  /// Pairs of flags that can't be combined, because one would have no effect.
  private static let contradictions = [
    ("--emit", "--status"), ("--emit", "--dry-run"), ("--emit", "--shard"), ("--status", "--dry-run"),
    ("--status", "--shard"), ("--status", "--shards"), ("--shard", "--shards"),
  ]

  private static let usualGrace = Seconds(10)

  private func checkFlags() throws(ConfigurationError) {
    let longest = ChatOption.maximumSeconds
    if let grace, !(0...Double(longest)).contains(grace.value) {
      throw ConfigurationError(
        OptionPlace(path: "--grace"), "must be a number of seconds from 0 to \(longest), not \(grace)")
    }
    if let concurrency, !(1...Experiment.Limits.mostConcurrency).contains(concurrency) {
      throw ConfigurationError(
        OptionPlace(path: "--concurrency"),
        "must be a number from 1 to \(Experiment.Limits.mostConcurrency), not \(concurrency)")
    }
    if let shards, shards < 1 {
      throw ConfigurationError(OptionPlace(path: "--shards"), "must be at least 1, not \(shards)")
    }
    let given = [
      "--emit": emit != nil, "--status": status, "--dry-run": dryRun, "--shard": shard != nil,
      "--shards": shards != nil,
    ]
    for (one, other) in Self.contradictions where given[one] == true && given[other] == true {
      throw ConfigurationError(OptionPlace(path: one), "cannot be given together with \(other)")
    }
  }

  /// The shard that `--shard` names, else the one that the environment of a job array implies.
  private func shard(_ environment: [String: String]) throws -> Shard {
    do {
      if let shard { return try Shard(shard) }
      return try Shard.detect(environment, shards: shards) ?? .whole
    } catch {
      throw ConfigurationError(shard == nil ? nil : OptionPlace(path: "--shard"), error.description)
    }
  }

  private func script(of plan: Plan) throws -> SlurmScript {
    var arguments = concurrency.map { ["--concurrency", "\($0)"] } ?? []
    if retryFailed { arguments.append("--retry-failed") }
    if extend { arguments.append("--extend") }
    if html { arguments.append("--html") }
    do {
      var script = try SlurmScript(
        name: plan.experiment.name, program: Host.programPath, plan: Host.absolute(self.plan),
        directory: Host.absolute(out), tasks: shards ?? SlurmScript.usualTasks, arguments: arguments)
      if let grace { script.grace = Int(grace.value.rounded(.up)) }
      return script
    } catch {
      throw ConfigurationError(nil, error.description)
    }
  }

  private func print(_ text: String) async throws {
    let console = Console()
    console.write(Console.style.safe(text))
    await console.flush()
    if let code = console.exitCode { throw RunEnd(code: code) }
  }
}
