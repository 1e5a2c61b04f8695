// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// The format of standard output.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  /// The transcript's records as they happen, one JSON object per line.
  case ndjson
}

/// Whether the output is coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
  /// Colours on a terminal, unless `NO_COLOR` is set.
  case auto
  case always, never
}

/// How this process interacts with its user; a plan can't set these options.
struct ProcessOptions: ParsableArguments {
  @Option(help: .option("format")) var format = OutputFormat.text
  @Flag(help: .option("quiet")) var quiet = false
  @Option(help: .option("color")) var color = ColorChoice.auto
  @Flag(help: .option("verbose")) var verbose = false
}
