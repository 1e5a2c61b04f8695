// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why the operating system refused to write a file.
enum FileProblem {
  /// A reason such as `: Permission denied`; empty when the error gives none.
  static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileWriteNoPermission?: ": permission denied"
    case .fileWriteOutOfSpace?: ": no space left on the disk"
    case .fileWriteVolumeReadOnly?: ": the file system is read-only"
    case .fileNoSuchFile?, .fileReadNoSuchFile?: ": there is no such directory"
    case .fileWriteFileExists?: ": there is a file of that name"
    default: ""
    }
  }
}
