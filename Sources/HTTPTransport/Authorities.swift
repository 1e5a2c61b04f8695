// SPDX-License-Identifier: MIT

import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Finds the file of certificate authorities that the system trusts. A libcurl looks for it where the system keeps it
/// that it was built on; a program that brings its own libcurl runs on others, too.
enum Authorities {
  /// Where it is on Debian, Ubuntu, Arch and Gentoo; Fedora and RHEL; openSUSE; newer Fedora; Alpine, macOS and BSD.
  static let places = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  /// The first file that is there; nil if none is.
  /// - Parameter builtIn: where libcurl itself looks, if it says so.
  static func file(builtIn: String?, isReadable: (String) -> Bool = { access($0, R_OK) == 0 }) -> String? {
    if let builtIn, isReadable(builtIn) { return builtIn }
    return places.first(where: isReadable)
  }
}
