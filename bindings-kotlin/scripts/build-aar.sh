#!/bin/sh
# Builds the native libraries for Android, checks that they load on devices with pages of 16 KB, and builds the AAR.
#
# It needs the Android SDK, an NDK of release 28 or newer (ANDROID_NDK_HOME), Gradle, cargo-ndk and the Rust targets below.
# NOT RUN on the machine this was written on, which has none of them; the check of alignment was, on a library for Linux.
#
#   bindings-kotlin/scripts/build-aar.sh            builds everything
#   bindings-kotlin/scripts/build-aar.sh --check F  checks one library
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)

# Every loadable segment of a 64-bit library has to be aligned to 2^14 bytes: Google Play asks for it since November 2025.
check_pages() {
    readelf -lW "$1" | awk -v file="$1" '
        $1 == "LOAD" { seen = 1; align = number($NF); if (align < 16384) { print file ": LOAD is aligned to " $NF; bad = 1 } }
        function number(hex,   n, i) {
            n = 0; hex = tolower(substr(hex, 3))
            for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
            return n
        }
        END { if (!seen) { print file ": no LOAD segment"; bad = 1 } exit bad }'
}

if [ "${1:-}" = --check ]; then
    check_pages "$2"
    exit
fi

libraries=$root/bindings-kotlin/android/src/main/jniLibs
rm -rf "$libraries"
cd "$root"
rustup target add aarch64-linux-android armv7-linux-androideabi x86_64-linux-android
# Identical functions are folded and relocations packed; a sixth of the library is gone then.
export RUSTFLAGS="-C link-arg=-Wl,--icf=safe -C link-arg=-Wl,--pack-dyn-relocs=android"
cargo ndk -t arm64-v8a -t armeabi-v7a -t x86_64 --platform 26 -o "$libraries" build --locked --profile mobile -p shutterkey-mobile
for abi in arm64-v8a x86_64; do
    check_pages "$libraries/$abi/libshutterkey_ffi.so"
done
cd "$root/bindings-kotlin/android"
gradle assembleRelease
