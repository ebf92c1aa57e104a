#!/bin/sh
# Builds ShutterkeyFFI.xcframework, what Apple platforms link, and prints the checksum that Package.swift names.
#
# It needs macOS with Xcode and the Rust targets below. NOT RUN on the machine this was written on, which is Linux.
#
#   bindings-swift/scripts/build-xcframework.sh [OUT]        OUT: build/xcframework by default
#
# Each slice is a static framework: two packages that both bring a bare library with a module map collide in one app.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/build/xcframework}
name=ShutterkeyFFI
library=libshutterkey_ffi.a
cd "$root"
rm -rf "$out"
mkdir -p "$out"

# strip="debuginfo" keeps what the generator reads; a static library is stripped when the app is linked.
for target in aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin; do
    rustup target add "$target"
    cargo build --locked --release -p shutterkey-mobile --target "$target"
done

framework() { # <slice> <platform of Info.plist> <least version> <libraries…>
    slice=$1 platform=$2 least=$3
    shift 3
    folder=$out/$slice/$name.framework
    mkdir -p "$folder/Headers" "$folder/Modules"
    lipo -create "$@" -output "$folder/$name"
    cp "bindings-swift/Sources/ShutterkeyFFI/$name.h" "$folder/Headers/"
    cat >"$folder/Modules/module.modulemap" <<MAP
framework module $name {
    header "$name.h"
    export *
}
MAP
    cat >"$folder/Info.plist" <<PLIST
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
    <key>CFBundleExecutable</key><string>$name</string>
    <key>CFBundleIdentifier</key><string>dev.shutterkey.$name</string>
    <key>CFBundleName</key><string>$name</string>
    <key>CFBundlePackageType</key><string>FMWK</string>
    <key>CFBundleShortVersionString</key><string>0.1.0</string>
    <key>CFBundleSupportedPlatforms</key><array><string>$platform</string></array>
    <key>MinimumOSVersion</key><string>$least</string>
</dict>
</plist>
PLIST
}

framework ios iPhoneOS 15.0 "target/aarch64-apple-ios/release/$library"
framework ios-simulator iPhoneSimulator 15.0 \
    "target/aarch64-apple-ios-sim/release/$library" "target/x86_64-apple-ios/release/$library"
framework macos MacOSX 12.0 "target/aarch64-apple-darwin/release/$library" "target/x86_64-apple-darwin/release/$library"

xcodebuild -create-xcframework \
    -framework "$out/ios/$name.framework" \
    -framework "$out/ios-simulator/$name.framework" \
    -framework "$out/macos/$name.framework" \
    -output "$out/$name.xcframework"

# xcodebuild orders the slices as it likes; the checksum should not depend on that.
python3 - "$out/$name.xcframework/Info.plist" <<'ORDER'
import plistlib, sys
with open(sys.argv[1], "rb") as file:
    info = plistlib.load(file)
info["AvailableLibraries"].sort(key=lambda each: each["LibraryIdentifier"])
with open(sys.argv[1], "wb") as file:
    plistlib.dump(info, file, sort_keys=True)
ORDER
(cd "$out" && find "$name.xcframework" -exec touch -t 202001010000 {} + && zip -qrX "$name.xcframework.zip" "$name.xcframework")
swift package compute-checksum "$out/$name.xcframework.zip"
