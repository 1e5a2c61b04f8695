// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// `resonant batch`: an experiment, many conversations at once.
struct BatchCommand: AsyncParsableCommand {
  enum Script: String, CaseIterable, ExpressibleByArgument { case slurm }

  static let configuration = CommandConfiguration(
    commandName: "batch", abstract: "Run an experiment: a matrix of conditions, each repeated, many at once.",
    discussion: """
      Everything is kept in a directory with the plan's name. The same \
      command again goes on: finished trials are kept, unfinished ones go on after their last whole turn. Ctrl-C \
      lets the turns in flight finish; a second one cuts them.
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
    help: ArgumentHelp("Maximum number of requests in flight. (default: the plan's, else 16)", valueName: "n")
  )
  var concurrency: Int?

  @Option(help: ArgumentHelp("Take only every N-th trial, beginning with trial I.", valueName: "i/n"))
  var shard: String?

  @Option(
    help: ArgumentHelp("Number of tasks of a job array, where each knows only its index.", valueName: "n"))
  var shards: Int?

  @Flag(help: "Print the conditions, and how much there is to do; send nothing.")
  var dryRun = false

  @Flag(help: "Try failed trials again.")
  var retryFailed = false

  @Flag(help: "Print how far each condition has come, and the errors.")
  var status = false

  @Flag(help: "Write a page for every transcript, and an index.html.")
  var html = false

  @Option(help: ArgumentHelp("Print a script that runs the plan as a job array.", valueName: "engine"))
  var emit: Script?

  func run() async throws {
    let host = Host.current
    var plan = try Plan.read(try PlanFile.read(plan), environment: host.environment)
    if let concurrency = try checked(concurrency, "--concurrency") {
      plan.experiment.limits.concurrency = concurrency
    }
    let tasks = try checked(shards, "--shards")
    let directory = RunDirectory(in: out, name: plan.experiment.name)
    if emit != nil { return try await print(script(of: plan, tasks: tasks).text) }
    if status {
      return try await print("\(BatchStatus(Array(directory.reports().values), of: plan.experiment))")
    }
    let batch = try Batch(
      plan: plan, directory: directory, shard: try shard(tasks, host.environment), retriesFailed: retryFailed)
    if dryRun { return try await print("\(batch.forecast)") }
    let code = try await BatchRun(batch, host: host, writesPages: html).run()
    if code != 0 { throw RunEnd(code: code) }
  }

  private func checked(_ number: Int?, _ flag: String) throws -> Int? {
    guard let number, number < 1 else { return number }
    throw ConfigurationError(OptionPlace(path: flag), "must be at least 1, not \(number)")
  }

  /// What `--shard` says; else what the environment of a job array does.
  private func shard(_ tasks: Int?, _ environment: [String: String]) throws -> Shard {
    do {
      if let shard { return try Shard(shard) }
      return try Shard.detect(environment, shards: tasks) ?? .whole
    } catch {
      throw ConfigurationError(shard == nil ? nil : OptionPlace(path: "--shard"), error.description)
    }
  }

  private func script(of plan: Plan, tasks: Int?) -> SlurmScript {
    var arguments = concurrency.map { ["--concurrency", "\($0)"] } ?? []
    if retryFailed { arguments.append("--retry-failed") }
    if html { arguments.append("--html") }
    return SlurmScript(
      name: plan.experiment.name, program: Host.programPath, plan: Host.absolute(self.plan),
      directory: Host.absolute(out), tasks: tasks ?? 4, arguments: arguments)
  }

  private func print(_ text: String) async throws {
    let console = Console()
    console.write(text)
    await console.flush()
    if console.isClosed { throw RunEnd(code: 141) }
  }
}
