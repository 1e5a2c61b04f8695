// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

@testable import ResonantCore

struct HTMLStyleTests {
  /// Without it, a browser shows pages without their style.
  @Test(
    .enabled(
      if: TestSupport.Tool.path("sha256sum", "shasum") != nil || TestSupport.Tool.isCI,
      "neither sha256sum nor shasum is installed: apt-get install coreutils"))
  func thePolicyNamesTheStyleSheet() async throws {
    let directory = try TemporaryDirectory()
    try directory.write(HTMLStyle.sheet, to: "sheet.css")
    let tool = try #require(TestSupport.Tool.path("sha256sum", "shasum"))
    let flags = tool.hasSuffix("shasum") ? ["-a", "256"] : []
    let program = await Program(tool, flags + ["sheet.css"], environment: [:], directory: directory.path)
    let digits = Array(try await program.finish().output.prefix { $0 != " " })
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0..<min($0 + 2, digits.count)]), radix: 16)
    }
    #expect(HTMLStyle.digest == Data(bytes).base64EncodedString())
  }
}
