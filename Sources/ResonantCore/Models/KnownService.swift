// SPDX-License-Identifier: MIT

/// A well-known service or local server, by its short name.
struct Preset {
  static let all = API.allCases.flatMap { api in
    api.dialect.presets.map { Preset(name: $0.key, base: $0.value, api: api) }
  }

  let name: String
  /// The base that a path is appended to.
  let base: String
  let api: API

  static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}

/// A host whose operator and usual key variable are known.
struct KnownHost {
  static let all = Dictionary(
    API.allCases.flatMap(\.dialect.hosts).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  let name: String
  let company: String
  /// The environment variable that usually holds the key.
  let variable: String
  let keyHeader: KeyHeader

  init(_ name: String, company: String, variable: String, keyHeader: KeyHeader = .bearer) {
    self.name = name
    self.company = company
    self.variable = variable
    self.keyHeader = keyHeader
  }
}

/// How a key is sent.
struct KeyHeader {
  static let bearer = KeyHeader(name: "Authorization", prefix: "Bearer ")

  let name: String
  /// What stands before the key.
  var prefix = ""

  /// Whether the header of that name carries credentials in one of the dialects, or in Azure's.
  static func isCredential(_ name: String) -> Bool { names.contains(name.lowercased()) }

  private static let names = Set(API.allCases.map { $0.dialect.keyHeader.name.lowercased() } + ["api-key"])
}
