// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "connect-account",
    platforms: [.macOS(.v12)],
    // In a project of your own: .package(url: "https://github.com/shutterkey/shutterkey", from: "0.1.0")
    dependencies: [.package(name: "Shutterkey", path: "../..")],
    targets: [
        .executableTarget(
            name: "connect-account",
            dependencies: [.product(name: "Shutterkey", package: "Shutterkey")])
    ],
    swiftLanguageModes: [.v6]
)
