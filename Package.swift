// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

// RESONANT_STRICT=1, as continuous integration has it, makes warnings of our own targets errors.
let strict: [SwiftSetting] =
  [.enableUpcomingFeature("ExistentialAny")]
  + (Context.environment["RESONANT_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
  name: "resonant",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "resonant", targets: ["resonant"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .target(name: "CCurl"),
    // With pkg-config's file, for Homebrew keeps libyaml where no compiler looks.
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(name: "CZlib"),
    .target(name: "HTTPTransport", dependencies: ["CCurl"], swiftSettings: strict),
    .target(
      name: "ResonantCore",
      dependencies: [
        "CYAML",
        "CZlib",
        "HTTPTransport",
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "resonant",
      dependencies: [
        "ResonantCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport",
      dependencies: [
        "ResonantCore",
        .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "HTTPTransportTests", dependencies: ["HTTPTransport", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ResonantCoreTests", dependencies: ["ResonantCore", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ResonantCommandTests",
      dependencies: ["resonant", "ResonantCore", "TestSupport"],
      swiftSettings: strict),
  ]
)
