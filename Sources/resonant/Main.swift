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
    // When the reader of a pipe is gone, `write` must fail instead of the signal killing the process in the
    // middle of a turn.
    signal(SIGPIPE, SIG_IGN)
    occupyStandardDescriptors()
    let code = await status()
    if code == 1 { Diagnostics.tellHelp() }
    await Diagnostics.flush()
    exit(code)
  }

  /// Opens /dev/null in place of standard descriptors that are closed at the start, so that no transcript
  /// gets their numbers. It is opened for reading only: writing still fails, as to a closed descriptor.
  private static func occupyStandardDescriptors() {
    var descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    while 0...STDERR_FILENO ~= descriptor { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
    if descriptor > STDERR_FILENO { close(descriptor) }
  }

  /// Parses the arguments, runs the command, and reports an error once.
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

  /// The hint for a user who gave no arguments.
  private static let introduction = """
    Try it without any network: resonant --endpoint builtin: --alice-model eliza --bob-model parry
    'resonant help chat' lists the usual flags, 'resonant help' the other commands.
    """

  /// Prints what the argument parser throws, which may also be a help text or the version; its exit code 64
  /// becomes 2.
  private static func report(_ error: any Error) -> Int32 {
    let code = Resonant.exitCode(for: error)
    let root: any ParsableCommand.Type = CompletedResonant.isWanted ? CompletedResonant.self : Resonant.self
    let message = ParserText(root.fullMessage(for: error))
    guard code != .success else {
      print(CompletedResonant.isWanted ? CompletedResonant.corrected(message.help) : message.help)
      return 0
    }
    Diagnostics.line(message.error)
    return code == .validationFailure ? 2 : code.rawValue
  }
}

/// Thrown by a command that has already reported everything, to end the process with an exit code.
struct RunEnd: Error {
  var code: Int32
}
