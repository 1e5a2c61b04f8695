// SPDX-License-Identifier: MIT

/// Addresses of pages that other pages link to.
public enum PageAddress {
  /// A path, with `/` between folders, as a relative URL. It is percent-encoded, so that no name can act as a
  /// scheme, query or fragment.
  static func url(_ path: String) -> String {
    var url = "./"
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        url.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        url += byte < 16 ? "%0" : "%"
        url += String(byte, radix: 16, uppercase: true)
      }
    }
    return url
  }

  /// The path of the page that belongs to a transcript: `X.jsonl` has `X.html`; nil for other files.
  public static func page(ofTranscript path: String) -> String? {
    path.hasSuffix(".jsonl") ? path.dropLast(".jsonl".count) + ".html" : nil
  }

  /// The path from the directory of a page to another file, both given from the root or both from the same
  /// directory.
  public static func relative(_ path: String, toPageAt page: String) -> String {
    let target = folders(path)
    let source = folders(page).dropLast()
    let shared = zip(target, source).prefix { $0 == $1 }.count
    let up = [String](repeating: "..", count: source.count - shared)
    return (up + target[shared...]).joined(separator: "/")
  }

  /// The parts of a path, without `.` and with `..` applied where it can be.
  private static func folders(_ path: String) -> [String] {
    path.split(separator: "/").reduce(into: []) { folders, name in
      if name == "." { return }
      if name == "..", let last = folders.last, last != ".." {
        folders.removeLast()
      } else {
        folders.append(String(name))
      }
    }
  }
}
