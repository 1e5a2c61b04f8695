// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Files that a user names may be anything, also something without an end.
struct FileContentTests {
  private func limit(_ body: () throws(FileContent.Problem) -> [UInt8]) -> Int? {
    do {
      _ = try body()
      return nil
    } catch {
      if case .tooLarge(let limit) = error { return limit }
      return nil
    }
  }

  @Test func aFileIsReadUpToTheLimit() throws {
    let directory = try TemporaryDirectory()
    try directory.write(String(repeating: "x", count: 10_000), to: "f")
    #expect(try FileContent.read(directory.path("f"), limit: 10_000).count == 10_000)
    #expect(
      limit { () throws(FileContent.Problem) in try FileContent.read(directory.path("f"), limit: 9_999) }
        == 9_999)
  }

  @Test func aDeviceWithoutAnEndIsGivenUp() {
    #expect(
      limit { () throws(FileContent.Problem) in try FileContent.read("/dev/zero", limit: 1 << 20) } == 1 << 20
    )
    #expect(
      limit { () throws(FileContent.Problem) in try FileContent.read("/dev/zero", limit: .max) }
        == FileContent.limit)
    #expect(throws: Never.self) { try FileContent.read("/dev/null") }
  }

  @Test func scriptsReplaysAndPlansAreLimited() {
    for model in ["script:/dev/zero", "replay:/dev/zero"] {
      let refused = #expect(throws: InvalidValue.self) { try BuiltinModel.make(model, participant: "Ada") }
      #expect(refused?.description.contains("64 MB") == true)
    }
    let refused = #expect(throws: ConfigurationError.self) { try PlanFile.read("/dev/zero") }
    #expect(refused?.description == "the plan cannot be read: the file /dev/zero is larger than 4 MB")
  }

  @Test func aPipeIsReadToItsEnd() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    #expect(write(ends[1], "[\"a\"]", 5) == 5)
    close(ends[1])
    let path = "/dev/fd/\(ends[0])"
    #expect(throws: InvalidValue.self) { try BuiltinModel.make("script:" + path, participant: "Ada") }
    #expect(try OptionFile.json(path) == ["a"])
  }
}
