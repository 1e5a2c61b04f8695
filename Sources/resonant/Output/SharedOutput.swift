// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The terminal, pipe or file to which both standard output and standard error go.
///
/// One thread writes both, so that they keep their order. An answer or a warning begins a line of its own; the line
/// feed before it belongs to standard error.
final class SharedOutput: Sendable {
  /// Nil when the two go to different places.
  static let current = isShared ? SharedOutput() : nil

  let queue = DispatchQueue(label: "resonant.console")
  /// Where in its line standard output ends, unless standard error has ended that line.
  private let end = Mutex(OutputEnd())

  private static var isShared: Bool {
    var (output, errors) = (stat(), stat())
    guard fstat(STDOUT_FILENO, &output) == 0, fstat(STDERR_FILENO, &errors) == 0 else { return false }
    return output.st_dev == errors.st_dev && output.st_ino == errors.st_ino
  }

  /// The bytes that are to be written next, with a line feed before them where they would stand in mid-line.
  func framed(_ bytes: [UInt8], to descriptor: Int32) -> [UInt8] {
    end.withLock { end in
      guard descriptor == STDERR_FILENO else {
        end.append(Array(bytes[(bytes.lastIndex(of: 0x0A) ?? 0)...]), columns: .max)
        return bytes
      }
      defer { end = OutputEnd() }
      return (end.isAtStartOfLine ? [] : [0x0A]) + bytes
    }
  }
}
