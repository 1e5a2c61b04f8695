// SPDX-License-Identifier: MIT

import Foundation
import TestSupport
import Testing

/// A terminal on which a test types, and what it shows.
final class PseudoTerminal: Sendable {
  /// The program's side.
  let descriptor: Int32
  let screen: Watched<TerminalScreen>

  private let keyboard: Int32

  init(rows: Int, columns: Int) throws {
    let (keyboard, path) = try Self.open()
    self.keyboard = keyboard
    descriptor = Foundation.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(descriptor >= 0)
    let screen = Watched(TerminalScreen(rows: rows, columns: columns))
    self.screen = screen
    resize(rows: rows, columns: columns)
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 1 << 12)
      while true {
        let count = read(keyboard, &buffer, buffer.count)
        guard count > 0 else { break }
        screen.update { [bytes = buffer[..<count]] in $0.feed(bytes) }
      }
      close(keyboard)
    }
  }

  deinit {
    // Ends a read that still waits, so that the reader above comes to its end as well.
    type("\u{04}")
    close(descriptor)
  }

  func type(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = write(keyboard, bytes, bytes.count)
  }

  func resize(rows: Int, columns: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    screen.update { $0.resize(rows: rows, columns: columns) }
    _ = ioctl(keyboard, UInt(TIOCSWINSZ), &size)
  }

  /// Whether the terminal itself edits lines and shows what is typed.
  var isCooked: Bool {
    var modes = termios()
    tcgetattr(descriptor, &modes)
    return modes.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
  }

  @discardableResult
  func wait(
    _ what: String, until isMet: @escaping @Sendable (TerminalScreen) -> Bool
  ) async throws
    -> TerminalScreen
  {
    do {
      return try await screen.wait(for: what, until: isMet)
    } catch {
      Issue.record("the screen shows \(screen.value.lines)")
      throw error
    }
  }

  /// A new terminal: where its output can be read, and the path by which it is opened.
  static func open() throws -> (reader: Int32, path: String) {
    #if canImport(Darwin)
    let reader = posix_openpt(O_RDWR | O_NOCTTY)
    try #require(grantpt(reader) == 0 && unlockpt(reader) == 0)
    return (reader, String(cString: try #require(ptsname(reader))))
    #else
    // As glibc does it, whose functions for it Swift does not see: TIOCSPTLCK and TIOCGPTN.
    let reader = Foundation.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (lock, number) = (0 as Int32, 0 as Int32)
    try #require(ioctl(reader, 0x4004_5431, &lock) == 0 && ioctl(reader, 0x8004_5430, &number) == 0)
    return (reader, "/dev/pts/\(number)")
    #endif
  }
}

/// What a terminal shows of ASCII text with the escape sequences of an input line. Like tmux, it forgets that a full
/// row must wrap when the cursor is restored.
struct TerminalScreen: Sendable {
  private(set) var raw: [UInt8] = []
  private var cells: [[UInt8]] = []
  private var columns = 0
  private var cursor = (row: 0, column: 0)
  private var saved = (row: 0, column: 0)
  private var region = 0...0
  private var wraps = true
  private var sequence: [UInt8]?

  init(rows: Int, columns: Int) { resize(rows: rows, columns: columns) }

  /// The rows without the blanks at their ends.
  var lines: [String] {
    cells.map { row in
      String(decoding: row, as: UTF8.self).replacing(/\ +$/, with: "")
    }
  }

  /// The text on all rows but the last.
  var output: String { lines.dropLast().joined() }

  mutating func resize(rows: Int, columns: Int) {
    let surplus = max(0, cells.count - rows)
    cells.removeFirst(surplus)
    cursor.row = max(0, cursor.row - surplus)
    self.columns = columns
    while cells.count < rows { cells.append([]) }
    cells = cells.map { Array(($0 + blank).prefix(columns)) }
    region = 0...(rows - 1)
  }

  private var blank: [UInt8] { [UInt8](repeating: 0x20, count: columns) }

  mutating func feed(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      raw.append(byte)
      if sequence != nil { escape(byte) } else { show(byte) }
    }
  }

  private mutating func show(_ byte: UInt8) {
    switch byte {
    case 0x1B: sequence = []
    case 0x0D: cursor.column = 0
    case 0x0A: lineFeed()
    default:
      if cursor.column == columns {
        if wraps { lineFeed() }
        cursor.column = wraps ? 0 : columns - 1
      }
      cells[cursor.row][cursor.column] = byte
      cursor.column += 1
    }
  }

  private mutating func lineFeed() {
    if cursor.row == region.upperBound {
      cells.remove(at: region.lowerBound)
      cells.insert(blank, at: region.upperBound)
    } else if cursor.row < cells.count - 1 {
      cursor.row += 1
    }
  }

  private mutating func escape(_ byte: UInt8) {
    let begun = sequence ?? []
    guard !begun.isEmpty || byte != UInt8(ascii: "["), begun.isEmpty || 0x40...0x7E ~= byte else {
      sequence = begun + [byte]
      return
    }
    sequence = nil
    let parameters = String(decoding: begun.dropFirst(), as: UTF8.self)
    let numbers = parameters.split(separator: ";").compactMap { Int($0) }
    switch (begun.isEmpty, Character(Unicode.Scalar(byte))) {
    case (true, "7"): saved = (cursor.row, min(cursor.column, columns - 1))
    case (true, "8"): cursor = (min(saved.row, cells.count - 1), min(saved.column, columns - 1))
    case (true, "D"): lineFeed()
    case (false, "A"): cursor.row = max(0, cursor.row - 1)
    case (false, "H"): cursor = (min(numbers[0], cells.count) - 1, numbers[1] - 1)
    case (false, "J"):
      for row in cursor.row..<cells.count { cells[row] = blank }
    case (false, "K"):
      let start = parameters == "2" ? 0 : cursor.column
      for column in start..<max(start, columns) { cells[cursor.row][column] = 0x20 }
    case (false, "r"):
      region = numbers.isEmpty ? 0...(cells.count - 1) : (numbers[0] - 1)...(numbers[1] - 1)
      cursor = (0, 0)
    case (false, "h"), (false, "l"): wraps = byte == UInt8(ascii: "h")
    default: break
    }
  }
}
