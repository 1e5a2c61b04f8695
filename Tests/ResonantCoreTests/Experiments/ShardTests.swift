// SPDX-License-Identifier: MIT

import ResonantCore
import Testing

struct ShardTests {
  @Test(arguments: ["0/4", "5/4", "1/0", "1", "1/2/3", "a/b", "", "-1/2"])
  func whatIsNoShardIsRefused(text: String) {
    #expect(throws: InvalidValue.self) { try Shard(text) }
  }

  @Test func theShardsOfAListHaveEveryItemOnce() throws {
    let items = Array(0..<23)
    let parts = try (1...4).map { try Shard("\($0)/4").of(items) }
    #expect(parts[0] == [0, 4, 8, 12, 16, 20])
    #expect(parts.flatMap(\.self).sorted() == items)
    #expect(try Shard("30/40").of(items).isEmpty)
  }

  private func slurm(_ id: Int, _ min: Int, _ max: Int, _ step: Int, _ count: Int) -> [String: String] {
    [
      "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_MIN": "\(min)", "SLURM_ARRAY_TASK_MAX": "\(max)",
      "SLURM_ARRAY_TASK_STEP": "\(step)", "SLURM_ARRAY_TASK_COUNT": "\(count)",
    ]
  }

  @Test func aRegularSlurmArrayTellsItsShards() throws {
    #expect(try Shard.detect(slurm(0, 0, 3, 1, 4)) == Shard(1, of: 4))
    #expect(try Shard.detect(slurm(3, 0, 3, 1, 4)) == Shard(4, of: 4))
    #expect(try Shard.detect(slurm(4, 1, 7, 3, 3)) == Shard(2, of: 3))
  }

  @Test func aSlurmArrayThatIsNotPlainlyWholeIsRefusedWithAHint() {
    for environment in [slurm(2, 2, 2, 1, 1), slurm(5, 0, 9, 1, 3), slurm(2, 1, 7, 3, 3)] {
      let error = #expect(throws: InvalidValue.self) { try Shard.detect(environment) }
      #expect(error?.description.contains("--shard I/N") == true)
    }
    let partial = #expect(throws: InvalidValue.self) { try Shard.detect(["SLURM_ARRAY_TASK_ID": "1"]) }
    #expect(partial?.description.contains("SLURM_ARRAY_TASK_COUNT") == true)
    #expect(throws: InvalidValue.self) { try Shard.detect(slurm(0, 0, 3, 1, 4), shards: 8) }
  }

  @Test func aKubernetesIndexedJobNeedsTheNumberOfShards() throws {
    #expect(try Shard.detect(["JOB_COMPLETION_INDEX": "2"], shards: 8) == Shard(3, of: 8))
    let error = #expect(throws: InvalidValue.self) { try Shard.detect(["JOB_COMPLETION_INDEX": "2"]) }
    #expect(error?.description.contains("--shards N") == true)
    #expect(throws: InvalidValue.self) { try Shard.detect(["JOB_COMPLETION_INDEX": "8"], shards: 8) }
  }

  @Test func anAWSBatchArrayTellsItsShards() throws {
    let environment = ["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "10"]
    #expect(try Shard.detect(environment) == Shard(1, of: 10))
    #expect(throws: InvalidValue.self) { try Shard.detect(["AWS_BATCH_JOB_ARRAY_INDEX": "0"]) }
  }

  @Test(arguments: [
    ["SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "\(Int.max)", "SLURM_ARRAY_TASK_COUNT": "3"],
    [
      "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "\(Int.max)",
      "SLURM_ARRAY_TASK_COUNT": "\(Int.min)",
    ],
    ["SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "3", "SLURM_ARRAY_TASK_COUNT": "3"],
    [
      "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "3", "SLURM_ARRAY_TASK_COUNT": "3",
      "SLURM_ARRAY_TASK_STEP": "\(Int.min)",
    ],
    [
      "SLURM_ARRAY_TASK_MIN": "\(Int.min)", "SLURM_ARRAY_TASK_MAX": "\(Int.max)",
      "SLURM_ARRAY_TASK_COUNT": "1",
    ],
  ])
  func absurdNumbersOfSlurmAreRefused(array: [String: String]) {
    for task in [Int.min, -1, Int.max] {
      let environment = array.merging(["SLURM_ARRAY_TASK_ID": "\(task)"]) { $1 }
      #expect(throws: InvalidValue.self) { try Shard.detect(environment) }
    }
  }

  @Test(arguments: ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"])
  func absurdNumbersOfOtherEnginesAreRefusedByName(variable: String) {
    for task in ["\(Int.max)", "\(Int.min)", "-1", "3", "99999999999999999999"] {
      let error = #expect(throws: InvalidValue.self) { try Shard.detect([variable: task], shards: 3) }
      #expect(error?.description.contains(variable) == true)
    }
    let sizes = ["AWS_BATCH_JOB_ARRAY_INDEX": "\(Int.max)", "AWS_BATCH_JOB_ARRAY_SIZE": "\(Int.max)"]
    #expect(throws: InvalidValue.self) { try Shard.detect(sizes) }
  }

  @Test func aShardOfVeryManyIsOneTrialOrNone() throws {
    #expect(try Shard("2/\(Int.max)").of([0, 1, 2]) == [1])
    #expect(try Shard("\(Int.max)/\(Int.max)").of([0, 1, 2]).isEmpty)
  }

  @Test func outsideOfArraysThereIsNoShard() throws {
    #expect(try Shard.detect(["HOME": "/root", "SLURM_JOB_ID": "7"]) == nil)
    #expect(throws: InvalidValue.self) { try Shard.detect([:], shards: 4) }
  }
}
