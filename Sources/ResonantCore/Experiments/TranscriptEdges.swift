// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The start and the end of a transcript's file: how the conversation began, and whether it is over. This
/// saves reading thousands of long transcripts completely.
struct TranscriptEdges {
  /// Header and preambles; nil when not even the header is complete.
  var head: Transcript?
  /// The last complete record.
  var last: Record?

  /// Throws `InvalidValue` when the file can't be read or its first line is no header.
  init(contentsOf path: String) throws(InvalidValue) {
    let file = try FileBytes(path)
    var offset = 0
    while let line = try file.line(at: offset) {
      offset += line.count + 1
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      let record = try Self.record(line, path)
      if case .header(let header) = record {
        head = Transcript(header: header)
        continue
      }
      guard head != nil else {
        throw InvalidValue("\(path) is no transcript: it does not begin with a \(Record.format) header")
      }
      if case .preamble(let preamble) = record {
        head?.preambles.append(preamble)
        continue
      }
      last = try Self.record(try file.lastLine(), path)
      break
    }
  }

  private static func record(_ line: [UInt8], _ path: String) throws(InvalidValue) -> Record? {
    do {
      return try Record(try JSONValue.parse(line))
    } catch let error as InvalidValue {
      throw InvalidValue("\(path) is no transcript: \(error)")
    } catch {
      throw InvalidValue("\(path) is no transcript: \(error)")
    }
  }
}

/// Reads parts of a file to which other processes may be appending.
private final class FileBytes {
  private let path: String
  private let descriptor: Int32
  private let size: Int
  private static let step = 1 << 14

  init(_ path: String) throws(InvalidValue) {
    self.path = path
    // O_NONBLOCK avoids waiting for a pipe, which is then refused.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      throw InvalidValue("\(path) can't be read: \(String(cString: strerror(errno)))")
    }
    size = Int(status.st_size)
    guard status.isFile else { throw InvalidValue("\(path) is no file") }
    guard size <= RecordFile.limit else {
      throw InvalidValue("\(path): \(RecordFile.tooLarge(RecordFile.limit))")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func bytes(_ range: Range<Int>) throws(InvalidValue) -> [UInt8] {
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count, let base = buffer.baseAddress {
        let got = pread(descriptor, base + count, range.count - count, off_t(range.lowerBound + count))
        if got < 0, errno == EINTR { continue }
        if got < 0 { problem = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard problem == 0 else {
      throw InvalidValue("\(path) can't be read: \(String(cString: strerror(problem)))")
    }
    return bytes
  }

  /// The line at an offset, without its line feed; nil when it has no line feed yet.
  func line(at offset: Int) throws(InvalidValue) -> [UInt8]? {
    var line: [UInt8] = []
    while offset + line.count < size {
      let start = offset + line.count
      let piece = try bytes(start..<min(size, start + Self.step))
      guard !piece.isEmpty else { return nil }
      if let end = piece.firstIndex(of: UInt8(ascii: "\n")) { return line + piece[..<end] }
      line += piece
    }
    return nil
  }

  /// The last line that ends with a line feed; empty when there is none.
  func lastLine() throws(InvalidValue) -> [UInt8] {
    var length = Self.step
    while true {
      let start = max(0, size - length)
      let tail = try bytes(start..<size)
      let lines = tail.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
      let isWhole = { (line: Int) in line > 0 || start == 0 }
      let last = lines.indices.last { index in lines[index].contains { $0 > 0x20 } }
      if let last, isWhole(last) { return Array(lines[last]) }
      if start == 0 { return [] }
      length *= 2
    }
  }
}
