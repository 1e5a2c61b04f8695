// SPDX-License-Identifier: MIT

import ArgumentParser
import ResonantCore

/// How patiently endpoints are asked.
struct RequestOptions: ParsableArguments {
  @Option(help: .option("connect_timeout", "seconds")) var connectTimeout: Seconds?
  @Option(help: .option("first_byte_timeout", "seconds")) var firstByteTimeout: Seconds?
  @Option(help: .option("idle_timeout", "seconds")) var idleTimeout: Seconds?
  @Option(help: .option("retries", "n")) var retries: Int?
  @Option(help: .option("delay", "seconds")) var delay: Seconds?

  func write(to overlay: inout Overlay) {
    overlay.set("connect_timeout", connectTimeout)
    overlay.set("first_byte_timeout", firstByteTimeout)
    overlay.set("idle_timeout", idleTimeout)
    overlay.set("retries", retries)
    overlay.set("delay", delay)
  }
}
