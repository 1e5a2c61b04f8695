// SPDX-License-Identifier: MIT

/// A script for `sbatch` (https://slurm.schedmd.com/sbatch.html) that runs a batch as a Slurm job array.
public struct SlurmScript: Sendable, Equatable {
  /// The experiment's name.
  public var name: String
  /// The path of the program on the nodes.
  public var program: String
  /// The path of the plan.
  public var plan: String
  /// The directory that holds the run directory, shared by all nodes.
  public var directory: String
  /// The number of tasks that share the trials, at least 1.
  public var tasks: Int
  /// Further arguments, such as `--html`.
  public var arguments: [String]
  /// The time in seconds that turns in flight have to finish before the job's time limit.
  public var grace = 80

  /// The time in seconds that is left after `grace`, to cut turns and write the summary.
  private static let margin = 10
  /// The earliest signal that Slurm supports, in seconds before the end.
  private static let earliestSignal = 65_535

  /// The default number of tasks.
  public static let usualTasks = 4

  /// - Throws: `InvalidValue` for a control character in a path, because a line break would end a comment.
  public init(
    name: String, program: String, plan: String, directory: String, tasks: Int = usualTasks,
    arguments: [String] = []
  ) throws(InvalidValue) {
    for path in [program, plan, directory]
    where path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw InvalidValue(
        "no script can be made for \(JSONValue.string(path).jsonText): the path holds a line break or another"
          + " control character")
    }
    self.name = name
    self.program = program
    self.plan = plan
    self.directory = directory
    self.tasks = max(1, tasks)
    self.arguments = arguments
  }

  public var text: String {
    let command = ([program, "batch", plan, "--out", directory] + arguments).map(Self.quoted)
    let job = Self.word(name)
    let grace = min(grace, Self.earliestSignal - Self.margin)
    let signal = grace + Self.margin
    return """
      #!/bin/bash
      # Runs the experiment \(job) as \(tasks) tasks that share the directory \(Self.quoted(directory)).
      # Submit it with `sbatch`; submit it again to go on: what is finished is kept.
      # The plan's limits hold for each task by itself: \(tasks) tasks may ask for \(tasks) times as much at once.
      #SBATCH --job-name=\(job)
      #SBATCH --array=0-\(tasks - 1)
      #SBATCH --cpus-per-task=1
      #SBATCH --mem=1G
      #SBATCH --time=24:00:00
      #SBATCH --output=\(job)-%a.log
      # A task that is requeued goes on with its log as with its trials.
      #SBATCH --open-mode=append
      #SBATCH --requeue
      # \(signal) s before the time is up: start no more turns and let those in flight finish.
      #SBATCH --signal=B:INT@\(signal)

      # Each task is told its share, so that one alone can be submitted again: sbatch --array=2 …
      # exec: signals reach the program itself, not a shell that waits for it.
      exec \(command.joined(separator: " ")) --grace \(grace) --shard "$((SLURM_ARRAY_TASK_ID + 1))/\(tasks)"

      # Every task writes the summary of the whole directory when it ends. For the state of all of them:
      #   \(command.joined(separator: " ")) --status

      """
  }

  /// Quotes text as one shell word.
  public static func quoted(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy(isPlain)
    if isPlain { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// Replaces the characters of a name that have a meaning in a directive.
  private static func word(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) && $0 != "/" ? $0 : "-" }))
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-", "/", "+", "@", ":": true
    default: false
    }
  }
}
