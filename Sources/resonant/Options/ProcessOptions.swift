// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// What standard output carries.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  /// The transcript's records as they happen, one JSON object a line.
  case ndjson
}

/// Whether output is coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
  /// On a terminal, unless `NO_COLOR` is set.
  case auto
  case always, never
}

/// How this process speaks to its user; these are no keys of a plan.
struct ProcessOptions: ParsableArguments {
  @Option(help: .option("format")) var format = OutputFormat.text
  @Flag(help: .option("quiet")) var quiet = false
  @Option(help: .option("color")) var color = ColorChoice.auto
  @Flag(help: .option("verbose")) var verbose = false
}
