// SPDX-License-Identifier: MIT

@main
struct Resonant {
  static func main() {}
}
