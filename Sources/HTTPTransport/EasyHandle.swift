// SPDX-License-Identifier: MIT

import CCurl

/// A libcurl easy handle for one exchange, with a buffer for its error text if that is wanted. It is not
/// reused: resetting and reusing handles made libcurl 7.88 corrupt the heap over HTTP/2. Creating one takes a
/// few microseconds; the multi handle keeps the connections and looked-up names.
///
/// The results of setting options are ignored: setting fails only if the library is too old to know an
/// option, and none of these options is essential.
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

  /// libcurl's own description of the last failure; empty if there is none.
  var lastError: String { errorText.map { String(cString: $0) } ?? "" }

  func set(_ option: CURLoption, _ value: Int) { ccurl_easy_set_long(pointer, option, value) }
  func set(_ option: CURLoption, _ value: String) { ccurl_easy_set_string(pointer, option, value) }
  func get(_ info: CURLINFO) -> Int { ccurl_easy_get_long(pointer, info) }
  var authorities: String? { ccurl_easy_get_authorities(pointer).map { String(cString: $0) } }
  func getOffset(_ info: CURLINFO) -> Int { Int(ccurl_easy_get_offset(pointer, info)) }
}
