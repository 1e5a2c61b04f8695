// SPDX-License-Identifier: MIT

import Yams

/// Finds keys of a YAML text that are no text themselves, before the text is composed.
///
/// To find keys that are there twice, Yams hashes each of them with all that is in it: of a key made of aliases, which
/// make a small text a huge value, that never ends. So a text with aliases is first composed with an anchor in the
/// place of each. To libyaml's scanner the two are alike but for their first byte, and an anchor with nothing behind it
/// is an empty node: the nodes are those of the text, at the same places, and nothing is there twice.
struct PlanKeys {
  private let text: String

  /// Nil where the text has no aliases.
  init?(_ bytes: [UInt8]) {
    guard Self.hasName(behind: "&", in: bytes), Self.hasName(behind: "*", in: bytes) else { return nil }
    let anchored = bytes.map { $0 == UInt8(ascii: "*") ? UInt8(ascii: "&") : $0 }
    text = String(decoding: anchored, as: UTF8.self)
  }

  /// Whether the sign stands before what may be a name, which most texts have of one of the two at most.
  private static func hasName(behind sign: Unicode.Scalar, in bytes: [UInt8]) -> Bool {
    zip(bytes, bytes.dropFirst()).contains { byte, next in
      byte == UInt8(ascii: sign)
        && ((next | 0x20) &- 0x61 < 26 || next &- 0x30 < 10 || next == UInt8(ascii: "_")
          || next == UInt8(ascii: "-"))
    }
  }

  func check() throws(PlanDocument.Failure) {
    var nodes: [Node] = []
    do {
      if let node = try Yams.compose(yaml: text, .basic) { nodes = [node] }
    } catch YamlError.duplicatedKeysInMapping(let keys, let context) where keys.allSatisfy(\.isEmpty) {
      throw Self.alias(context.mark.line)
    } catch let error as YamlError {
      throw PlanDocument.failure(error)
    } catch {
      throw PlanDocument.Failure(message: "is no YAML")
    }
    while let node = nodes.popLast() {
      if let sequence = node.sequence { nodes += sequence }
      for (key, value) in node.mapping ?? [:] {
        guard let scalar = key.scalar else { throw PlanDocument.noText(key) }
        if scalar.string.isEmpty, scalar.style == .plain { throw Self.alias(key.mark?.line) }
        nodes.append(value)
      }
    }
  }

  private static func alias(_ line: Int?) -> PlanDocument.Failure {
    PlanDocument.Failure(line: line, message: "has an alias or nothing for a key; write the key out")
  }
}
