// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

extension ForeignFormat: ExpressibleByArgument {}

/// How files of other tools are read.
struct SourceForm: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of the files, if they are another tool's and not recognised by their content; other files in "
        + "directories are skipped then.",
      valueName: "form"))
  var from: ForeignFormat?
}
