// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// CI builds with warnings as errors; a user's newer compiler may warn without harm.
let strict: [SwiftSetting] =
  ProcessInfo.processInfo.environment["CARTIO_STRICT"] == nil
  ? [] : [.unsafeFlags(["-warnings-as-errors"])]

let swift: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")] + strict

/// One Swift target: its sources, and the targets below it that it may use.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

/// The tests of a target; `ProgramTesting` and `CartTesting` have the helpers.
func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: ["ProgramTesting"] + dependencies, exclude: exclude,
    swiftSettings: swift)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

// A service only: the console links none of it.
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
  name: "cartio-console",
  products: [
    .executable(name: "cartio", targets: ["cartio"]),
    .executable(name: "cartio-serve", targets: ["cartio-serve"]),
    // Loaded into the program by its tests, so that no test depends on the day it runs.
    .library(name: "CartioTestClock", type: .dynamic, targets: ["CTestClock"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    // MARK: System libraries, a module map each
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .systemLibrary(name: "CEditLine", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .systemLibrary(name: "CDigest", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
    .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSQLiteShim"),
    .systemLibrary(name: "CIconv"),

    // MARK: Text, CSV, JSON, files, digests and time zones, without carts
    module("CartSupport", ["CDigest", "CIconv"]),

    // MARK: The trade's rules, pure
    module("CartModel", ["CartSupport", "CIDN2"]),

    // MARK: What a store of carts must do: protocols and records, no SQL
    module("CartStorage", ["CartSupport", "CartModel"]),

    // MARK: Storage in SQLite files, the only target that knows SQL
    module(
      "CartStoreSQLite",
      ["CartSupport", "CartModel", "CartStorage", "CSQLiteShim", grdb, sqlite]),

    // MARK: Storage in memory, for fixtures and tests
    module("CartStoreMemory", ["CartSupport", "CartModel", "CartStorage"]),

    // MARK: The engine: commands in, events out
    module("CartEngine", ["CartSupport", "CartModel", "CartStorage"]),

    // MARK: Codecs of files: events, tables, plans, exports, lists
    module("CartExchange", ["CartSupport", "CartModel", "CartStorage", "CartEngine"]),

    // MARK: A seeded practice store
    module(
      "CartPractice", ["CartSupport", "CartModel", "CartStorage", "CartEngine", "CartExchange"]),

    // MARK: HTTP, without carts
    module("HTTPClient", ["CCurl"]),
    module("HTTPServing", [nioCore, nioPosix, nioHTTP]),

    // MARK: A BigCommerce store over its REST API
    module("BigCommerce", ["CartSupport", "CartModel", "CartEngine", "HTTPClient"]),

    // MARK: A BigCommerce-shaped store with shoppers and faults
    module("StoreSimulator", ["CartSupport", "HTTPServing"]),

    // MARK: Keeping carts as their store has them
    module("CartSync", ["CartModel", "CartStorage", "CartEngine"]),

    // MARK: Lua, without carts
    .target(name: "CLuaKit", dependencies: ["CLua"]),
    module("LuaKit", ["CLuaKit"]),

    // MARK: The prompt, without carts
    module("LineEditor", ["CEditLine"]),

    // MARK: What users see
    module("CartReports", ["CartSupport", "CartModel", "CartStorage", "CartEngine"]),
    module(
      "CartScripting",
      [
        "CartSupport", "CartModel", "CartStorage", "CartEngine", "CartExchange", "CartReports",
        "LuaKit",
      ]),
    // Rules stand on the Lua of carts; the engine knows only the protocol of a judge.
    module(
      "CartRules",
      [
        "CartSupport", "CartModel", "CartStorage", "CartStoreMemory", "CartEngine", "CartScripting",
        "LuaKit",
      ]),
    // What a console and a service share: homes, runs, passes of rules, reports, schedules.
    module(
      "CartApplication",
      [
        "CartSupport", "CartModel", "CartStorage", "CartEngine", "CartExchange", "CartReports",
        "CartScripting", "CartRules", "LuaKit",
      ]),
    module(
      "CartConsole",
      [
        "CartSupport", "CartModel", "CartStorage", "CartEngine", "CartExchange", "CartReports",
        "CartScripting", "CartRules", "CartApplication", "LuaKit", "LineEditor",
      ]),

    // MARK: Executables: subcommands, nothing else
    .executableTarget(
      name: "cartio",
      dependencies: [
        "CartSupport", "CartModel", "CartStoreSQLite", "CartEngine", "CartExchange", "CartPractice",
        "CartApplication", "CartConsole", "LuaKit", arguments,
      ],
      swiftSettings: swift),

    // The only program that knows the network; `cartio` starts it.
    .executableTarget(
      name: "cartio-serve",
      dependencies: [
        "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite", "CartEngine",
        "CartApplication",
        "CartSync", "BigCommerce", "HTTPClient", "HTTPServing", "StoreSimulator", arguments,
      ],
      swiftSettings: swift),

    // MARK: Benchmarks, beside a plain C program
    .executableTarget(
      name: "cartio-anchor", dependencies: ["CDigest", "CLua", sqlite],
      path: "Sources/BenchmarkAnchor",
      linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("md")]),
    .executableTarget(
      name: "cartio-bench",
      dependencies: [
        "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite", "CartEngine", "LuaKit",
      ],
      path: "Sources/CartBenchmarks", swiftSettings: swift),

    // MARK: Tests, a target for each of them
    .target(name: "CTestClock", path: "Tests/CTestClock"),
    .target(name: "CTesting", dependencies: ["CLua"], path: "Tests/CTesting"),
    // What runs the program and its terminal; links no engine.
    .target(
      name: "ProgramTesting", dependencies: ["CTesting"], path: "Tests/ProgramTesting",
      swiftSettings: swift),
    .target(
      name: "CartTesting",
      dependencies: [
        "ProgramTesting", "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite",
        "CartEngine", "CartExchange",
      ],
      path: "Tests/CartTesting", swiftSettings: swift),
    // Reads Package.swift and the sources as text.
    tests("Architecture", ["CartSupport"]),
    tests("CartSupport", ["CartSupport"]),
    tests("CartModel", ["CartTesting", "CartSupport", "CartModel", "CartEngine"]),
    // Run over all kinds of storage.
    tests(
      "CartStorage",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite",
        "CartStoreMemory", "CartEngine",
      ]),
    tests(
      "CartStoreSQLite",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite", "CartEngine",
        grdb, sqlite,
      ]),
    tests(
      "CartEngine",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite", "CartEngine",
        "CartExchange",
        "CartPractice",
      ]),
    tests(
      "CartExchange",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartEngine", "CartExchange",
        "CartPractice",
      ]),
    tests(
      "CartPractice", ["CartTesting", "CartModel", "CartStorage", "CartEngine", "CartPractice"]),
    tests("HTTPClient", ["HTTPClient"]),
    tests(
      "BigCommerce",
      [
        "CartSupport", "CartModel", "CartEngine", "HTTPClient", "HTTPServing", "BigCommerce",
        "StoreSimulator",
      ]),
    tests(
      "CartSync",
      [
        "CartTesting", "CartModel", "CartStorage", "CartStoreSQLite", "CartEngine", "CartSync",
        "CartSupport",
      ]),
    tests("LuaKit", ["LuaKit", "CTesting"]),
    tests("LineEditor", ["LineEditor"]),
    tests("HTTPServing", ["HTTPServing"]),
    tests("StoreSimulator", ["CartSupport", "HTTPServing", "StoreSimulator"]),
    tests(
      "CartReports",
      ["CartTesting", "CartSupport", "CartModel", "CartEngine", "CartPractice", "CartReports"]),
    tests(
      "CartScripting",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartEngine", "CartExchange",
        "CartReports", "CartScripting", "LuaKit",
      ],
      exclude: ["Attacks.txt", "Golden", "Hostile.txt"]),
    tests(
      "CartRules",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartEngine", "CartPractice",
        "CartScripting", "CartRules", "LuaKit",
      ]),
    tests(
      "CartApplication",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite", "CartEngine",
        "CartReports",
        "CartRules", "CartApplication",
      ]),
    tests(
      "CartConsole",
      [
        "CartTesting", "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite", "CartEngine",
        "CartExchange", "CartPractice", "CartReports", "CartScripting", "CartRules",
        "CartApplication", "CartConsole",
      ],
      exclude: ["Golden"]),
    tests(
      "cartio-serve",
      [
        "CartTesting", "cartio-serve", "CartSupport", "CartModel", "CartStorage",
        "CartStoreSQLite", "CartEngine", "CartApplication", "CartSync", "BigCommerce",
        "HTTPClient", "HTTPServing", "StoreSimulator",
      ]),
    tests(
      "cartio",
      [
        "CartTesting", "cartio", "CartSupport", "CartModel", "CartStorage", "CartStoreSQLite",
        "CartEngine",
        "CartConsole",
      ]),
  ]
)
