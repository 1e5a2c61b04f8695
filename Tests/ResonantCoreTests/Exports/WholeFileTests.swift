// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

struct WholeFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func write(_ text: String, to name: String) throws {
    try WholeFile.write(Array(text.utf8), to: directory.path(name))
  }

  @Test func aFileIsMadeAndReplacedAndNothingIsLeftBesideIt() throws {
    try write("one", to: "f")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: directory.path("f"))
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("link"), withDestinationPath: directory.path("f"))
    try write("two", to: "link")
    #expect(try directory.read("f") == "two")
    #expect(directory.files == ["f", "link"])
    let mode = try FileManager.default.attributesOfItem(atPath: directory.path("f"))[.posixPermissions]
    #expect(mode as? Int == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory.path("link")).hasSuffix("/f"))
  }

  @Test(arguments: [
    ("folder", "Is a directory"), ("none/f", "No such file or directory"), ("folder/f/g", "Not a directory"),
  ])
  func whatCantBeWrittenSaysWhyAndLeavesNothing(name: String, reason: String) throws {
    try directory.write("x", to: "folder/f")
    #expect {
      try write("y", to: name)
    } throws: {
      "\($0)" == reason
    }
    #expect(directory.files == ["folder/f"])
  }

  @Test func onlyWhatNobodyWritesAnyMoreIsRemoved() throws {
    for name in [".resonant-1.tmp", ".resonant-2.tmp", "resonant-3.tmp", ".resonant-4"] {
      try directory.write("part", to: name)
    }
    let descriptor = open(directory.path(".resonant-2.tmp"), O_RDONLY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    WholeFile.removeRemains(in: directory.path)
    #expect(directory.files == [".resonant-2.tmp", ".resonant-4", "resonant-3.tmp"])
  }
}
