// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// The last row of the terminal, set apart for the line that the user types, while output scrolls above it.
///
/// Whatever this process writes to the terminal goes through `write`: one `write(2)` returns to where the
/// output ended (ESC 8), appends to it, remembers its new end (ESC 7), and draws the input line again. So
/// nothing interleaves. Only threads of its own and of `Console` ever wait for a blocked terminal.
final class InputLine: Sendable {
  private struct Editing {
    var editor = LineEditor()
    var prompt: String
    var isScheduled = false
  }

  private struct Screen {
    /// Whether the terminal is ours: in raw mode, with a row set apart if it is large enough.
    var isOpen = false
    /// The size of the terminal for which a row is set apart; nil when none is.
    var size: Terminal.Size?
    /// Where the output ends.
    var end = OutputEnd()
    /// The descriptor of the output that was written last.
    var last: Int32?
  }

  /// The one in use.
  private static let current = Mutex<InputLine?>(nil)

  private let terminal: Terminal
  private let editing: Mutex<Editing>
  private let screen = Mutex(Screen())
  private let queue = DispatchQueue(label: "resonant.input-line")

  init(_ terminal: Terminal, prompt: String) {
    self.terminal = terminal
    editing = Mutex(Editing(prompt: prompt))
  }

  // MARK: Output

  /// Writes to a descriptor, whether or not it is the terminal with the input line; returns 0, or the `errno`
  /// that prevented it.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    guard let line = current.withLock({ $0 }), line.terminal.outputs.contains(descriptor) else {
      return writeFully(SharedOutput.current?.framed(bytes, to: descriptor) ?? bytes, to: descriptor)
    }
    return line.screen.withLock { screen in
      writeFully(line.framed(bytes, descriptor, &screen), to: descriptor)
    }
  }

  private func framed(_ bytes: [UInt8], _ descriptor: Int32, _ screen: inout Screen) -> [UInt8] {
    let layout = layOut(&screen)
    guard let size = screen.size else { return layout + bytes }
    var framed = layout
    if let first = bytes.first {
      // An answer or a warning begins a line of its own, and so does what goes on after it.
      let isOther = (screen.last ?? descriptor) != descriptor && !screen.end.isAtStartOfLine
      let breaksLine = isOther || first != 0x0A && screen.end.mayFillRow(columns: size.columns)
      let bytes = (breaksLine ? [0x0D, 0x0A] : []) + bytes
      framed += Array("\u{1B}8".utf8) + bytes + Array("\u{1B}7".utf8)
      screen.end.append(bytes, columns: size.columns)
      screen.last = descriptor
    }
    return framed + Array(drawing(size).utf8)
  }

  /// What sets a row apart when the terminal has none for its current size.
  private func layOut(_ screen: inout Screen) -> [UInt8] {
    guard screen.isOpen, let size = terminal.size, size != screen.size else { return [] }
    let isLarge = size.rows >= Terminal.fewestRows
    defer { screen.size = isLarge ? size : nil }
    guard screen.size != nil else {
      // There is a row below the cursor, and the output goes on where the cursor is.
      return isLarge ? Array("\u{1B}D\u{1B}[A\u{1B}7\(region(size))".utf8) : []
    }
    // The terminal may have moved and wrapped everything, but the cursor is still in the input line, which
    // stands below the output. The output goes on in an empty row above the new last one: that in which it
    // ends, or a new one.
    let (up, line) = screen.end.isAtStartOfLine ? ("\u{1B}[A", "") : ("", "\n")
    screen.end = OutputEnd()
    let (last, above) = ("\u{1B}[\(size.rows);1H", "\u{1B}[\(size.rows - 1);1H")
    let end = isLarge ? region(size) : ""
    return Array("\(up)\r\u{1B}[J\u{1B}[r\(last)\(line)\(above)\u{1B}[0m\u{1B}7\(end)".utf8)
  }

  /// Lets only the rows above the last scroll, and asks for marks around what is pasted; moves the cursor.
  private func region(_ size: Terminal.Size) -> String { "\u{1B}[?2004h\u{1B}[1;\(size.rows - 1)r" }

  /// What draws the input line and leaves the cursor in it.
  private func drawing(_ size: Terminal.Size) -> String {
    let (prompt, text) = editing.withLock { editing in
      let prompt = TextWidth.prefix(of: editing.prompt, columns: size.columns / 2)
      return (prompt.text, editing.editor.view(columns: size.columns - 1 - prompt.columns))
    }
    let start = "\u{1B}[\(size.rows);1H"
    // Every time, in case another program has reset the scroll region. Nothing wraps, whatever the widths are,
    // and the beginning is written again since the terminal itself knows best where the cursor must stand.
    return "\(region(size))\u{1B}[0m\(start)\u{1B}[?7l\(prompt)\(text.before)\(text.after)\u{1B}[K"
      + "\(start)\(prompt)\(text.before)\u{1B}[?7h"
  }

  // MARK: Input

  /// What bytes from the terminal mean.
  func feed(_ bytes: [UInt8]) -> [InputEvent] {
    defer { redraw() }
    return editing.withLock { $0.editor.feed(bytes) }
  }

  /// Whether `endSequence` is due when no more bytes come at once.
  var awaitsSequence: Bool { editing.withLock { $0.editor.awaitsSequence } }

  func endSequence() { editing.withLock { $0.editor.endSequence() } }

  func show(prompt: String) {
    let shown = String(decoding: TerminalStyle.visible(Array(prompt.utf8)), as: UTF8.self)
    editing.withLock { $0.prompt = shown }
    redraw()
  }

  /// Draws soon, on another thread.
  func redraw() {
    let isFirst = editing.withLock { editing in
      defer { editing.isScheduled = true }
      return !editing.isScheduled
    }
    guard isFirst else { return }
    queue.async { [self] in
      editing.withLock { $0.isScheduled = false }
      _ = Self.write([], to: terminal.outputs[0])
    }
  }

  // MARK: Lifetime

  /// Takes the terminal, unless this process is in the background; harmless when it has it.
  func open() {
    guard terminal.isForeground else { return }
    terminal.setRaw()
    Self.current.withLock { $0 = self }
    screen.withLock { $0.isOpen = true }
    redraw()
  }

  /// Gives the terminal back as it was, the cursor below the output.
  func close() {
    Self.current.withLock { $0 = nil }
    screen.withLock { screen in
      guard let bytes = closing(&screen) else { return }
      _ = writeFully(bytes, to: terminal.outputs[0])
      terminal.restoreModes()
    }
  }

  /// The same without waiting for a blocked terminal, for the end of the process.
  private func closeAtOnce() {
    Self.current.withLock { $0 = nil }
    let bytes = screen.withLockIfAvailable { closing(&$0) } ?? ending(endsLine: false)
    guard let bytes else { return }
    terminal.writeUrgently(bytes)
    terminal.restoreModes()
  }

  /// Gives the terminal back at once if there is an input line.
  static func restoreTerminal() { current.withLock { $0 }?.closeAtOnce() }

  /// Gives the terminal to the shell until that continues this process.
  func suspend() {
    closeAtOnce()
    Terminal.suspend()
    open()
  }

  /// Nil when the terminal is not ours.
  private func closing(_ screen: inout Screen) -> [UInt8]? {
    guard screen.isOpen else { return nil }
    defer { screen = Screen() }
    return screen.size == nil ? [] : ending(endsLine: screen.end.isAtStartOfLine)
  }

  private func ending(endsLine: Bool) -> [UInt8] {
    let row = terminal.size?.rows ?? Terminal.fewestRows
    let line = endsLine ? "" : "\r\n"
    return Array("\u{1B}[0m\u{1B}[?7h\u{1B}[?2004l\u{1B}[\(row);1H\u{1B}[2K\u{1B}[r\u{1B}8\(line)".utf8)
  }
}
