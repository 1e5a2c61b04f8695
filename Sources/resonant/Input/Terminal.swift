// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The terminal that the user types on, where output goes to the same one.
struct Terminal: Sendable {
  struct Size: Equatable, Sendable {
    var rows: Int
    var columns: Int
  }

  let input: Int32
  /// Those of the outputs that are this terminal; never empty.
  let outputs: [Int32]
  /// The modes to be restored.
  private let modes: termios

  /// The fewest rows on which one is worth setting apart.
  static let fewestRows = 4

  /// Nil when `input` is no terminal, or one on which no row can be set apart for input.
  ///
  /// - Parameter name: the environment's TERM.
  init?(input: Int32, outputs: [Int32], name: String?) {
    var modes = termios()
    var device = stat()
    guard let name, !name.isEmpty, name != "dumb", tcgetattr(input, &modes) == 0, fstat(input, &device) == 0
    else { return nil }
    self.input = input
    self.modes = modes
    self.outputs = outputs.filter { output in
      var other = stat()
      return isatty(output) == 1 && fstat(output, &other) == 0 && other.st_rdev == device.st_rdev
    }
    guard !self.outputs.isEmpty, let size, size.rows >= Self.fewestRows else { return nil }
  }

  /// The current size, which may change at any time.
  var size: Size? { Self.size(of: input) }

  static func size(of descriptor: Int32) -> Size? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Size(rows: Int(size.ws_row), columns: Int(size.ws_col))
  }

  /// The width of standard output; nil where that is no terminal.
  static var columns: Int? { size(of: STDOUT_FILENO)?.columns }

  /// Whether the shell has this process in the foreground, where it may change the terminal.
  var isForeground: Bool {
    let group = tcgetpgrp(input)
    // A terminal that does not control the process has no job control.
    return group < 0 || group == getpgrp()
  }

  /// Gives every key to the program, except those that suspend or interrupt it, and shows none of them.
  func setRaw() {
    var raw = modes
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
    raw.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR)
    withUnsafeMutableBytes(of: &raw.c_cc) { keys in
      keys[Int(VMIN)] = 1
      keys[Int(VTIME)] = 0
      // Ctrl-\ would end the process without a chance to restore the terminal.
      #if canImport(Darwin)
      keys[Int(VQUIT)] = 0xFF
      #else
      keys[Int(VQUIT)] = 0
      #endif
    }
    tcsetattr(input, TCSANOW, &raw)
  }

  func restoreModes() {
    var modes = modes
    tcsetattr(input, TCSANOW, &modes)
  }

  /// Writes a few bytes, also if Ctrl-S has stopped the output, but not if the terminal takes none for a tenth
  /// of a second.
  func writeUrgently(_ bytes: [UInt8]) {
    // Of its own, because a thread that is stuck in a write holds up others on the same descriptor.
    guard let name = ttyname(input) else { return }
    let descriptor = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Linux starts again only what was stopped in this way.
    tcflow(descriptor, TCOOFF)
    tcflow(descriptor, TCOON)
    // In pauses of 5 ms, since poll does not tell that another thread's write is going on.
    var attempts = 20
    while posixWrite(descriptor, bytes, bytes.count) < 0, attempts > 0 {
      attempts -= 1
      _ = poll(nil, 0, 5)
    }
  }

  /// Stops this process as Ctrl-Z does by default; returns when the shell continues it, or at once when no
  /// shell could.
  static func suspend() {
    var (only, before) = (sigset_t(), sigset_t())
    sigemptyset(&only)
    sigaddset(&only, SIGTSTP)
    let handler = signal(SIGTSTP, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &only, &before)
    raise(SIGTSTP)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    signal(SIGTSTP, handler)
  }

  /// Lets a read in the background stop the process, as job control wants it, although this thread may block
  /// signals.
  static func allowStopping() {
    var only = sigset_t()
    sigemptyset(&only)
    sigaddset(&only, SIGTTIN)
    pthread_sigmask(SIG_UNBLOCK, &only, nil)
  }
}

/// What a read gives.
enum ReadResult {
  case bytes([UInt8])
  case end
  case failure(errno: Int32)
}

/// Waits for input and reads it.
func readSome(_ descriptor: Int32, most: Int = 1 << 16) -> ReadResult {
  while true {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, initialized in
      count = posixRead(descriptor, buffer.baseAddress, most)
      initialized = max(0, count)
    }
    if count > 0 { return .bytes(bytes) }
    if count == 0 { return .end }
    let reason = errno
    switch reason {
    case EINTR: continue
    case EAGAIN: _ = isReadable(descriptor, within: -1)
    default: return .failure(errno: reason)
    }
  }
}

/// Whether there is input, or its end, within so many milliseconds; -1 waits for ever.
func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
  var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&wanted, 1, milliseconds) != 0
}

/// Writes everything; returns 0, or the `errno` that prevented it.
func writeFully(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  bytes.withUnsafeBytes { buffer in
    var offset = 0
    while offset < buffer.count {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
      let written = posixWrite(descriptor, rest.baseAddress, rest.count)
      if written > 0 {
        offset += written
      } else if errno == EAGAIN {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wanted, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}

private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
  bytes.map { Glibc.write(descriptor, $0, count) } ?? 0
  #else
  bytes.map { Darwin.write(descriptor, $0, count) } ?? 0
  #endif
}

private func posixRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
  buffer.map { Glibc.read(descriptor, $0, count) } ?? 0
  #else
  buffer.map { Darwin.read(descriptor, $0, count) } ?? 0
  #endif
}
