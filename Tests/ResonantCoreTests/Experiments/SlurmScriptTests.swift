// SPDX-License-Identifier: MIT

import ResonantCore
import Testing

struct SlurmScriptTests {
  private let script: SlurmScript

  init() throws {
    script = try SlurmScript(
      name: "two words", program: "/opt/resonant", plan: "/home/me/it's a plan.yaml",
      directory: "/scratch/runs", tasks: 8, arguments: ["--html"])
  }

  @Test func theScriptTellsEachTaskItsShardAndHandsItTheSignals() {
    let lines = script.text.split(separator: "\n")
    #expect(lines.first == "#!/bin/bash")
    #expect(lines.contains("#SBATCH --array=0-7"))
    #expect(lines.contains("#SBATCH --open-mode=append"))
    #expect(lines.contains("#SBATCH --job-name=two-words"))
    #expect(
      lines.contains(
        #"exec /opt/resonant batch '/home/me/it'\''s a plan.yaml' --out /scratch/runs --html --grace 80 --shard "#
          + #""$((SLURM_ARRAY_TASK_ID + 1))/8""#))
  }

  @Test func directivesComeBeforeTheFirstCommand() throws {
    let lines = script.text.split(separator: "\n")
    let command = try #require(lines.firstIndex { !$0.hasPrefix("#") })
    #expect(!lines[command...].contains { $0.hasPrefix("#SBATCH") })
  }

  @Test func theScriptSaysThatLimitsHoldForEachTask() {
    #expect(
      script.text.contains("# The plan's limits hold for each task by itself: 8 tasks may ask for 8 times"))
  }

  @Test(arguments: ["runs\nrm -rf x", "runs\r", "a\u{1B}[31m", "a\u{85}b"])
  func aPathThatWouldBreakOutOfACommentIsRefused(path: String) {
    for (plan, directory) in [(path, "/runs"), ("/plan.yaml", path)] {
      let error = #expect(throws: InvalidValue.self) {
        try SlurmScript(name: "x", program: "/opt/resonant", plan: plan, directory: directory)
      }
      #expect(error?.description.contains("control character") == true)
      #expect(error?.description.unicodeScalars.contains { $0.value < 0x20 } == false)
    }
  }
}
