// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

extension ForeignFormat: ExpressibleByArgument {}

/// How files of other tools are read.
struct SourceForm: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of another tool's files that are not recognised; others are skipped.",
      valueName: "form"))
  var from: ForeignFormat?
}
