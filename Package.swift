// swift-tools-version: 6.0
// The Swift package of shutterkey. It stands at the root, since SwiftPM takes a package from nowhere else in a repository; what it
// is made of is below bindings-swift.
import PackageDescription

/// The native library: on Apple platforms the XCFramework that bindings-swift/scripts/build-xcframework.sh makes, a local one where
/// SHUTTERKEY_XCFRAMEWORK names it; elsewhere the static library, found by `-Xlinker -L<folder>`.
#if canImport(Darwin)
let native: Target =
    if let path = Context.environment["SHUTTERKEY_XCFRAMEWORK"] {
        .binaryTarget(name: "ShutterkeyFFI", path: path)
    } else {
        // Both are stamped by the release.
        .binaryTarget(
            name: "ShutterkeyFFI",
            url: "https://github.com/shutterkey/shutterkey/releases/download/0.1.0/ShutterkeyFFI.xcframework.zip",
            checksum: "0000000000000000000000000000000000000000000000000000000000000000")
    }
#else
let native: Target = .systemLibrary(name: "ShutterkeyFFI", path: "bindings-swift/Sources/ShutterkeyFFI")
#endif

let package = Package(
    name: "Shutterkey",
    platforms: [.iOS(.v15), .macOS(.v12), .tvOS(.v16), .watchOS(.v8), .visionOS(.v1)],
    products: [
        .library(name: "Shutterkey", targets: ["Shutterkey"])
    ],
    targets: [
        native,
        .target(
            name: "ShutterkeyCore",
            dependencies: ["ShutterkeyFFI"],
            path: "bindings-swift/Sources/ShutterkeyCore",
            linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        .target(
            name: "Shutterkey",
            dependencies: ["ShutterkeyCore"],
            path: "bindings-swift/Sources/Shutterkey",
            resources: [.copy("PrivacyInfo.xcprivacy")]),
        .testTarget(
            name: "ShutterkeyTests",
            dependencies: ["Shutterkey"],
            path: "bindings-swift/Tests/ShutterkeyTests"),
    ],
    swiftLanguageModes: [.v6]
)
