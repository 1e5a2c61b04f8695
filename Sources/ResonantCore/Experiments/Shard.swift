// SPDX-License-Identifier: MIT

/// One process's part of an experiment: every `count`-th trial, starting with trial number `index`.
public struct Shard: Sendable, Equatable, CustomStringConvertible {
  /// From 1 to `count`.
  public let index: Int
  public let count: Int

  public static let whole = Shard(index: 1, count: 1)

  private init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  public init(_ index: Int, of count: Int) throws(InvalidValue) {
    guard count >= 1, (1...count).contains(index) else {
      throw InvalidValue("shard \(index)/\(count) is none, write I/N with I from 1 to N")
    }
    self.init(index: index, count: count)
  }

  /// Reads `I/N`.
  public init(_ text: String) throws(InvalidValue) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else {
      throw InvalidValue("`\(text)` is no shard, write I/N with I from 1 to N")
    }
    try self.init(index, of: count)
  }

  public var description: String { "\(index)/\(count)" }

  public func of<Item>(_ items: [Item]) -> [Item] {
    stride(from: index - 1, to: items.count, by: count).map { items[$0] }
  }
}

extension Shard {
  /// Finds out from the environment which task of a job array this process is; nil when it is none.
  ///
  /// `shards` is the value of `--shards`, for schedulers that tell a task its index but not the number of
  /// tasks. Slurm: https://slurm.schedmd.com/job_array.html; Kubernetes indexed jobs:
  /// https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode; AWS Batch:
  /// https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html.
  public static func detect(
    _ environment: [String: String], shards: Int? = nil
  ) throws(InvalidValue) -> Shard? {
    let variables = Variables(values: environment)
    if let task = try variables.integer("SLURM_ARRAY_TASK_ID") {
      return try slurm(task: task, variables, shards: shards)
    }
    if let index = try variables.integer("AWS_BATCH_JOB_ARRAY_INDEX") {
      guard let count = try variables.integer("AWS_BATCH_JOB_ARRAY_SIZE") ?? shards else {
        throw InvalidValue(
          "AWS_BATCH_JOB_ARRAY_INDEX is set but AWS_BATCH_JOB_ARRAY_SIZE is not, say how many with `--shards N`"
        )
      }
      return try task(index, of: count, "AWS_BATCH_JOB_ARRAY_INDEX")
    }
    if let index = try variables.integer("JOB_COMPLETION_INDEX") {
      guard let shards else {
        throw InvalidValue(
          "JOB_COMPLETION_INDEX is \(index) but nothing tells how many tasks there are, add `--shards N`")
      }
      return try task(index, of: shards, "JOB_COMPLETION_INDEX")
    }
    guard shards == nil else {
      throw InvalidValue(
        "`--shards` needs a task index in the environment and there is none, use `--shard I/N`")
    }
    return nil
  }

  /// The shard of a task whose number, from 0, is in the variable `name`.
  private static func task(_ index: Int, of count: Int, _ name: String) throws(InvalidValue) -> Shard {
    guard index >= 0, index < count else {
      throw InvalidValue("\(name) is \(index), which is no task of \(count), they are numbered from 0")
    }
    return try Shard(index + 1, of: count)
  }

  private struct Variables {
    var values: [String: String]

    func integer(_ name: String) throws(InvalidValue) -> Int? {
      guard let text = values[name], !text.isEmpty else { return nil }
      guard let value = Int(text) else { throw InvalidValue("\(name) is `\(text)`, which is no number") }
      return value
    }
  }

  /// The shard of a Slurm task. A resubmitted part of an array (`--array=2`) looks like a complete array of
  /// another size, and an array with gaps looks like a smaller one, so anything but a regular complete array
  /// is refused.
  private static func slurm(task: Int, _ variables: Variables, shards: Int?) throws(InvalidValue) -> Shard {
    let step = try variables.integer("SLURM_ARRAY_TASK_STEP") ?? 1
    guard let first = try variables.integer("SLURM_ARRAY_TASK_MIN"),
      let last = try variables.integer("SLURM_ARRAY_TASK_MAX"),
      let count = try variables.integer("SLURM_ARRAY_TASK_COUNT")
    else {
      throw InvalidValue(
        "SLURM_ARRAY_TASK_ID is set but SLURM_ARRAY_TASK_COUNT, _MIN or _MAX is not, say which part with `--shard I/N`"
      )
    }
    // This order of checks prevents overflow for all values.
    guard step >= 1, (0...1).contains(first), last >= first,
      (last - first) % step == 0, count >= 1, count - 1 == (last - first) / step, shards ?? count == count,
      (first...last).contains(task), (task - first) % step == 0
    else {
      throw InvalidValue(
        "this Slurm array is not regular, so task \(task) cannot tell its part, add `--shard I/N`")
    }
    return try Shard((task - first) / step + 1, of: count)
  }
}
