// SPDX-License-Identifier: MIT

/// Whether bytes are valid UTF-8, found without making a string.
enum UTF8Check {
  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      // The table of well-formed sequences (Unicode, table 3-7): only the second byte's range depends on the first.
      let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      guard (0xC2...0xF4).contains(lead), index + length <= bytes.count else { return false }
      let second = bytes[index + 1]
      let lowest: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
      let highest: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
      guard second >= lowest, second <= highest else { return false }
      for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 { return false }
      index += length
    }
    return true
  }
}
