// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@main
enum Main {
  static func main() async {
    // A reader that goes away is an error of `write`, not a reason to die in the middle of a turn.
    signal(SIGPIPE, SIG_IGN)
    occupyStandardDescriptors()
    let code = await status()
    await Diagnostics.flush()
    exit(code)
  }

  /// Where standard output is closed from the start, a transcript must not be opened in its place. What stands
  /// there instead can't be written, so it still counts as closed.
  private static func occupyStandardDescriptors() {
    var descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    while 0...STDERR_FILENO ~= descriptor { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
    if descriptor > STDERR_FILENO { close(descriptor) }
  }

  /// Parses, runs, and says what went wrong, once.
  private static func status() async -> Int32 {
    do {
      try Resonant.checkCommand(CommandLine.arguments.dropFirst().first)
      var command = try Resonant.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch let end as RunEnd {
      return end.code
    } catch let error as ConfigurationError {
      Diagnostics.error(error.description)
      if CommandLine.arguments.count == 1 { Diagnostics.line(introduction) }
      return 2
    } catch {
      return report(error)
    }
  }

  /// What to do next, for someone who gave no arguments at all.
  private static let introduction = """
    Try it without any network: resonant --endpoint builtin: --alice-model eliza --bob-model parry
    'resonant help chat' lists all flags, 'resonant help' the other commands.
    """

  /// What the argument parser throws: help and the version are no errors; its own exit code 64 is our 2.
  private static func report(_ error: any Error) -> Int32 {
    let message = Resonant.fullMessage(for: error)
    let code = Resonant.exitCode(for: error)
    guard code != .success else {
      print(message)
      return 0
    }
    Diagnostics.line(message)
    return code == .validationFailure ? 2 : code.rawValue
  }
}

/// How a command ends the process when it has said everything itself.
struct RunEnd: Error {
  var code: Int32
}
