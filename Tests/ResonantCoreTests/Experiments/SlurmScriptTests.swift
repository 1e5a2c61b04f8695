// SPDX-License-Identifier: MIT

import ResonantCore
import Testing

struct SlurmScriptTests {
  private let script = SlurmScript(
    name: "two words", program: "/opt/resonant", plan: "/home/me/it's a plan.yaml",
    directory: "/scratch/runs",
    tasks: 8, arguments: ["--html"])

  @Test func `the script tells each task its shard and hands it the signals`() {
    let lines = script.text.split(separator: "\n")
    #expect(lines.first == "#!/bin/bash")
    #expect(lines.contains("#SBATCH --array=0-7"))
    #expect(lines.contains("#SBATCH --open-mode=append"))
    #expect(lines.contains("#SBATCH --job-name=two-words"))
    #expect(
      lines.contains(
        #"exec /opt/resonant batch '/home/me/it'\''s a plan.yaml' --out /scratch/runs --html --shard "#
          + #""$((SLURM_ARRAY_TASK_ID + 1))/8""#))
  }

  @Test func `directives come before the first command`() throws {
    let lines = script.text.split(separator: "\n")
    let command = try #require(lines.firstIndex { !$0.hasPrefix("#") })
    #expect(!lines[command...].contains { $0.hasPrefix("#SBATCH") })
  }
}
