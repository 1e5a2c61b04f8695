// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file of a `script:` model: a JSON array of replies, or JSONL with one reply per line.
enum ScriptFile {
  /// - Throws: `InvalidValue` with the file and the place in it.
  static func lines(_ path: String) throws(InvalidValue) -> [ScriptLine] {
    let bytes: [UInt8]
    do {
      // A script is read twice, to check it and to run it; a pipe would be empty the second time.
      bytes = try FileContent.read(path, takesPipes: false)
    } catch FileContent.Problem.system(ENOENT) {
      throw InvalidValue("there is no script \(path)")
    } catch FileContent.Problem.tooLarge(let limit) {
      throw InvalidValue("the script \(path) is larger than \(limit >> 20) MB")
    } catch {
      throw InvalidValue("the script \(path) cannot be read")
    }
    let isArray = bytes.first { !isSpace($0) } == UInt8(ascii: "[")
    return try isArray ? array(bytes, path) : jsonLines(bytes, path)
  }

  private static func array(_ bytes: [UInt8], _ path: String) throws(InvalidValue) -> [ScriptLine] {
    var lines: [ScriptLine] = []
    for (index, item) in (try parse(bytes, "the script \(path)").array ?? []).enumerated() {
      lines.append(try line(item, "the script \(path), item \(index + 1)"))
    }
    return lines
  }

  private static func jsonLines(_ bytes: [UInt8], _ path: String) throws(InvalidValue) -> [ScriptLine] {
    var lines: [ScriptLine] = []
    let parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() where !part.allSatisfy(isSpace) {
      let place = "the script \(path), line \(index + 1)"
      lines.append(try line(try parse(part, place), place))
    }
    return lines
  }

  private static func line(_ json: JSONValue, _ place: String) throws(InvalidValue) -> ScriptLine {
    do throws(InvalidValue) {
      return try ScriptLine(json)
    } catch {
      throw InvalidValue("\(place): \(error)")
    }
  }

  private static func parse(_ bytes: some Sequence<UInt8>, _ place: String) throws(InvalidValue) -> JSONValue
  {
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw InvalidValue("\(place): no JSON: \(error)")
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
