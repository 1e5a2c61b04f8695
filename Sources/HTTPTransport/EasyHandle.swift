// SPDX-License-Identifier: MIT

import CCurl

/// A libcurl handle for one exchange, with the buffer for its error text where that is told. It is not used again for
/// another: handles that were reset and used again made libcurl 7.88 corrupt the heap over HTTP/2. Making one costs a
/// few microseconds; connections and names are kept by the multi handle.
///
/// Results of setting options are not looked at: an option fails only when the library is too old to know it, and
/// each of them is one that it can do without.
struct EasyHandle {
  let pointer: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>?

  init?(tellsErrors: Bool) {
    guard let pointer = ccurl_easy_init() else { return nil }
    self.pointer = pointer
    errorText = tellsErrors ? .allocate(capacity: Int(CURL_ERROR_SIZE)) : nil
    guard let errorText else { return }
    errorText.pointee = 0
    ccurl_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
  }

  func free() {
    ccurl_easy_cleanup(pointer)
    errorText?.deallocate()
  }

  /// What libcurl says of the last failure in particular; empty when it says nothing.
  var lastError: String { errorText.map { String(cString: $0) } ?? "" }

  func set(_ option: CURLoption, _ value: Int) { ccurl_easy_set_long(pointer, option, value) }
  func set(_ option: CURLoption, _ value: String) { ccurl_easy_set_string(pointer, option, value) }
  func get(_ info: CURLINFO) -> Int { ccurl_easy_get_long(pointer, info) }
  func getOffset(_ info: CURLINFO) -> Int { Int(ccurl_easy_get_offset(pointer, info)) }
}
