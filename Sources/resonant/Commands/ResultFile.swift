// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file that the user names for a result.
enum ResultFile {
  /// Whether there is a transcript, which unlike a page can't be generated again and is never overwritten.
  static func isTranscript(_ path: String) -> Bool {
    let file = URL(filePath: path).resolvingSymlinksInPath()
    // Opening a pipe would block.
    let type = try? FileManager.default.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType
    guard type == .typeRegular, let content = try? Data(contentsOf: file, options: .mappedIfSafe) else {
      return false
    }
    // Of this program, or written again by another, such as jq.
    let head = String(decoding: content.prefix(1 << 12), as: UTF8.self)
    return head.first == "{" && head.contains(#""resonant.transcript""#)
  }

  /// A path by which two names of one file can be told.
  static func resolved(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }

  /// Why a path is no place for a result; nil if it is one, as far as one can tell before anything is written.
  ///
  /// - Parameter sources: the resolved paths of what is read.
  static func problem(with path: String, sources: Set<String>) -> String? {
    if path.isEmpty { return "must name a file" }
    return sources.contains(resolved(path)) || isTranscript(path) ? refusal(path) : nil
  }

  /// What is wrong with a transcript as a result.
  static func refusal(_ transcript: String) -> String {
    "\(transcript) is a transcript and is not overwritten; choose another name"
  }
}
